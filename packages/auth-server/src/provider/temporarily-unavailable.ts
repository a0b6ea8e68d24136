import { errors } from "oidc-provider";
import { StoreUnavailableError } from "@fjmcp/shared/redis/store-unavailable-error";

/** RFC 6749 §4.1.2.1, with 503 where there is no redirect: never `invalid_grant`, which would sign users out. */
export function temporarilyUnavailable(cause: Error): Error {
  const error = new errors.OIDCProviderError(503, "temporarily_unavailable", { cause });
  error.expose = true;
  // For the log alone: a StoreUnavailableError has the reason in its cause.
  error.error_detail = [cause, cause.cause]
    .filter((one) => one instanceof Error)
    .map(({ message }) => message)
    .join(": ");
  error.error_description = "A part of this server is restarting. Try again in a few seconds.";
  return error;
}

/** To be thrown in place of an error of a store: StoreUnavailableError becomes `temporarily_unavailable`. */
export function storeFailure(error: unknown): unknown {
  return error instanceof StoreUnavailableError ? temporarilyUnavailable(error) : error;
}
