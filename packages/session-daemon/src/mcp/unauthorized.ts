import type { IncomingMessage } from "node:http";
import type { TokenError } from "@fjmcp/shared/oauth/access-token-record";
import { bearerChallenge } from "../auth/bearer-challenge.ts";
import { HttpError } from "../http/http-error.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";

/**
 * The error with the challenge that starts a login (RFC 6750 §3): 401, or 403 for a valid token whose scope is too
 * narrow. `tokenError` is undefined when no token was sent.
 */
export function unauthorized(
  issuer: string,
  req: IncomingMessage,
  tokenError?: TokenError,
  idJson = "null",
): HttpError {
  const headers = { "www-authenticate": bearerChallenge(issuer, req.url, tokenError) };
  if (tokenError === "insufficient_scope") {
    return new HttpError(403, errorCodes.serverError, "This access does not allow reading from Forgejo.", {
      headers,
      idJson,
    });
  }
  const message =
    tokenError === undefined
      ? "Log in first: this server needs an access token."
      : "The access token is unknown, expired or has been revoked. Log in again.";
  return new HttpError(401, errorCodes.serverError, message, { headers, idJson });
}
