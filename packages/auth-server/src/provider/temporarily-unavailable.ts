import { errors } from "oidc-provider";

/** RFC 6749 §4.1.2.1, with 503 where it is answered directly: never `invalid_grant`, which would log people out. */
export function temporarilyUnavailable(cause: Error): Error {
  const error = new errors.OIDCProviderError(503, "temporarily_unavailable", { cause });
  error.expose = true;
  error.error_description = "try again in a few seconds";
  return error;
}
