import { errors } from "oidc-provider";

/** RFC 6749 §4.1.2.1, with 503 where it is answered directly: never `invalid_grant`, which would log people out. */
export function temporarilyUnavailable(cause: Error): Error {
  const error = new errors.OIDCProviderError(503, "temporarily_unavailable", { cause });
  error.expose = true;
  // For the log alone: an error of Redis's says why in its cause.
  error.error_detail = [cause, cause.cause]
    .filter((one) => one instanceof Error)
    .map(({ message }) => message)
    .join(": ");
  error.error_description = "try again in a few seconds";
  return error;
}
