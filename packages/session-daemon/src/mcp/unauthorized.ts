import type { TokenError } from "@fjmcp/shared/oauth/access-token-record";
import { bearerChallenge } from "../auth/bearer-challenge.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { HttpError } from "../http/http-error.ts";

/** 401, or 403 when the token is good and its scope is not, with the challenge that starts a login (RFC 6750 §3). */
export function unauthorized(issuer: string, refusal?: TokenError): HttpError {
  const headers = { "www-authenticate": bearerChallenge(issuer, refusal) };
  if (refusal === "insufficient_scope") {
    return new HttpError(403, errorCodes.serverError, "This access does not allow reading from Forgejo.", {
      headers,
    });
  }
  const message =
    refusal === undefined
      ? "Log in first: this server needs an access token."
      : "The access token is unknown, expired or has been revoked. Log in again.";
  return new HttpError(401, errorCodes.serverError, message, { headers });
}
