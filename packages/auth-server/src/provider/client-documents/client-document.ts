import { normaliseRegistration } from "../requests/normalise-registration.ts";
import { registrationFault } from "../requests/registration-policy.ts";

/** The largest document that is read (draft-ietf-oauth-client-id-metadata-document, "Metadata Document Size"). */
const maxDocumentBytes = 5 * 1024;

/** What a client publishes of itself, normalised as a registration is; `client_id` is the URL of the document. */
export type ClientDocument = Readonly<Record<string, unknown>> & { readonly client_id: string };

/** Whether a client id names a document, wherever that is; any other id is a registration. */
export function isDocumentUrl(clientId: unknown): clientId is string {
  return typeof clientId === "string" && clientId.startsWith("https://");
}

/** Throws an Error if a document of so many bytes is too large. */
export function requireDocumentSize(bytes: number): void {
  if (bytes > maxDocumentBytes) throw new Error(`it is larger than ${maxDocumentBytes} bytes`);
}

/**
 * The client document that was found at `url`. Throws an Error with the reason if it is not one: too large, not a JSON object, of
 * another URL, with a secret or an authentication by one, or with metadata that a registration could not have.
 */
export function readClientDocument(text: string, url: string): ClientDocument {
  requireDocumentSize(Buffer.byteLength(text));
  const published = parseObject(text);
  if (published.client_id !== url) throw new Error("its client_id is not its URL");
  if ("client_secret" in published || "client_secret_expires_at" in published) {
    throw new Error("it contains a client secret, which it would publish");
  }
  const metadata = normaliseRegistration(withPublicAuthentication(published)) as Record<string, unknown>;
  if (metadata.token_endpoint_auth_method !== "none") {
    throw new Error("its token_endpoint_auth_method is not none, the only one that is supported here");
  }
  const { redirect_uris: redirects } = metadata;
  if (!Array.isArray(redirects) || redirects.length === 0) throw new Error("it has no redirect_uris");
  const fault = registrationFault(metadata);
  if (fault !== undefined) throw new Error(`its ${fault}`);
  return { ...metadata, client_id: url };
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own error quotes the document.
    throw new Error("it is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error("it is not a JSON object");
  }
  return value as Record<string, unknown>;
}

/** A client that supports several methods, in the plural that some documents have, may be a public one. */
function withPublicAuthentication(published: Record<string, unknown>): Record<string, unknown> {
  const methods = published.token_endpoint_auth_methods ?? published.token_endpoint_auth_methods_supported;
  const isPublic =
    published.token_endpoint_auth_method === undefined ||
    (Array.isArray(methods) && methods.includes("none"));
  return isPublic ? { ...published, token_endpoint_auth_method: "none" } : published;
}
