import { errors } from "oidc-provider";

/** The longest client id and redirect URI, and twice as much again as real clients send beside them. */
const maxBytes = 4096;
const quotes = 2;

/**
 * Rejects an authorization request whose parameters are longer than 4 KiB in all, names and values, as JSON: before
 * anything of it is stored, since no user is known yet. There is no redirect: the response is a page (RFC 6749 §4.1.2.1).
 */
export function rejectLongAuthorization(parameters: Iterable<readonly [name: string, value: string]>): void {
  let bytes = 0;
  for (const parameter of parameters) {
    // As they are stored: a control character has six bytes.
    for (const text of parameter) bytes += Buffer.byteLength(JSON.stringify(text)) - quotes;
  }
  if (bytes <= maxBytes) return;
  const error = new errors.InvalidRequest(`the parameters are longer than ${maxBytes} bytes in all`);
  throw Object.assign(error, { allow_redirect: false });
}
