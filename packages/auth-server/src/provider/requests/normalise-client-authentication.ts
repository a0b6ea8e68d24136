import type { IncomingHttpHeaders } from "node:http";
import { unescape } from "node:querystring";

/**
 * Removes an `Authorization` header that holds no secret: libraries send the Basic scheme with an empty one for a public
 * client (RFC 6749 §2.3.1), which is authentication method `none`. Its client id counts where the body names none.
 */
export function normaliseClientAuthentication(
  headers: IncomingHttpHeaders,
  params: Record<string, unknown>,
): void {
  const clientId = idWithoutSecret(headers.authorization);
  const named = params.client_id ?? (clientId || undefined);
  // Two different ids: oidc-provider rejects the request.
  if (clientId === undefined || (clientId !== "" && clientId !== named)) return;
  delete headers.authorization;
  params.client_id = named;
}

/** The client id of a header that holds nothing else; "" for none at all. Undefined for every other header. */
function idWithoutSecret(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  // The scheme alone is what is left of an empty credential.
  if (/^(?:basic)?$/i.test(header.trim())) return "";
  const [, encoded] = /^basic +([a-z\d+/]+={0,2})$/i.exec(header) ?? [];
  const credentials = Buffer.from(encoded ?? "", "base64").toString("utf8");
  const [, clientId] = /^([^:]*):$/.exec(credentials) ?? [];
  return clientId && unescape(clientId);
}
