import { TokenError } from "./token-error.ts";

export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The pair in an `Authorization: Basic` header, else `undefined`. */
export function basicCredentials(header: string | undefined): ClientCredentials | undefined {
  const encoded = /^basic +(.+)$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  if (colon < 0) return undefined;
  return { clientId: decoded.slice(0, colon), clientSecret: decoded.slice(colon + 1) };
}

/** From the body, and from Basic what the body lacks (RFC 6749 §2.3.1). Throws when the two differ. */
export function clientCredentials(
  form: Readonly<Record<string, string>>,
  header: string | undefined,
): ClientCredentials {
  const clientId = form.client_id ?? "";
  const clientSecret = form.client_secret ?? "";
  if (header === undefined || !/^basic /i.test(header) || (clientId !== "" && clientSecret !== "")) {
    return { clientId, clientSecret };
  }
  const basic = basicCredentials(header);
  if (basic === undefined) throw new TokenError("invalid_request", "cannot parse basic auth header");
  const inconsistent = (name: string) =>
    new TokenError("invalid_request", `${name} in request body inconsistent with Authorization header`);
  if (clientId !== "" && clientId !== basic.clientId) throw inconsistent("client_id");
  if (clientSecret !== "" && clientSecret !== basic.clientSecret) throw inconsistent("client_secret");
  return basic;
}
