import { AccountDisconnectedError } from "../grant/account-disconnected-error.ts";
import { TooManyPersonalTokensError } from "../grant/too-many-personal-tokens-error.ts";
import { TooManyLoginsError } from "../grant/too-many-logins-error.ts";
import type { AuthorizationFailure } from "../provider/pending-authorizations.ts";
import { CodeRejectedError } from "../upstream/errors/code-rejected-error.ts";
import { InsufficientScopeError } from "../upstream/errors/insufficient-scope-error.ts";
import { ExcessiveScopeError } from "../upstream/errors/excessive-scope-error.ts";
import { UpstreamMisconfiguredError } from "../upstream/errors/upstream-misconfigured-error.ts";
import { UpstreamUnavailableError } from "../upstream/errors/upstream-unavailable-error.ts";
import { UserSuspendedError } from "../upstream/errors/user-suspended-error.ts";
import { ForgejoAuthorizationError } from "./forgejo-authorization-error.ts";

/**
 * How a failed login goes on: with an error response to the client, where `access_denied` means that the user denied it;
 * with a page for what only the user can fix; or again at Forgejo's authorize endpoint.
 */
export type LoginFailure =
  | {
      readonly kind: "error_response";
      readonly error: AuthorizationFailure;
      /** For the client. */
      readonly description: string;
      /** For the log. */
      readonly detail: string;
      /** An administrator must act. */
      readonly misconfigured: boolean;
    }
  | { readonly kind: "insufficient_scope"; readonly missing: readonly string[] }
  /** `message` is Forgejo's own sentence. */
  | { readonly kind: "suspended"; readonly message: string }
  | { readonly kind: "code_rejected" };

/** The login was repeated as often as it may be. */
export const repeatedInVain = {
  kind: "error_response",
  error: "temporarily_unavailable",
  description: "Forgejo did not complete the login, try again",
  detail: "Forgejo rejected every code of this login",
  misconfigured: false,
} satisfies LoginFailure;

/** Maps the expected failures of a login; rethrows any other error. */
export function loginFailure(cause: unknown): LoginFailure {
  if (cause instanceof InsufficientScopeError) return { kind: "insufficient_scope", missing: cause.missing };
  if (cause instanceof UserSuspendedError) return { kind: "suspended", message: cause.message };
  if (cause instanceof CodeRejectedError) return { kind: "code_rejected" };
  if (cause instanceof UpstreamUnavailableError) {
    return errorResponse("temporarily_unavailable", "Forgejo is not available, try again later", cause);
  }
  if (cause instanceof AccountDisconnectedError) {
    const description = "the account was disconnected during the login, try again";
    return errorResponse("temporarily_unavailable", description, cause);
  }
  if (cause instanceof TooManyLoginsError) {
    const description = "too many logins of this account are in flight, try again in ten minutes";
    return errorResponse("temporarily_unavailable", description, cause);
  }
  // Only the user can make room: for the command line it is as if it was denied.
  if (cause instanceof TooManyPersonalTokensError)
    return errorResponse("access_denied", cause.message, cause);
  if (cause instanceof UpstreamMisconfiguredError) {
    return errorResponse("server_error", "Forgejo does not accept this server", cause, true);
  }
  if (cause instanceof ExcessiveScopeError) {
    return errorResponse("server_error", "Forgejo granted more than this server may have", cause, true);
  }
  if (cause instanceof ForgejoAuthorizationError) return authorizationFailure(cause);
  throw cause;
}

function authorizationFailure(cause: ForgejoAuthorizationError): LoginFailure {
  // The code comes from outside: only known ones are distinguished, and none is logged.
  if (cause.code === "access_denied") return errorResponse("access_denied", "denied at Forgejo", cause);
  if (cause.code === "temporarily_unavailable") {
    return errorResponse("temporarily_unavailable", "Forgejo is not available, try again later", cause);
  }
  return errorResponse("server_error", "Forgejo could not complete the login", cause, true);
}

function errorResponse(
  error: AuthorizationFailure,
  description: string,
  cause: Error,
  misconfigured = false,
): LoginFailure {
  return { kind: "error_response", error, description, detail: cause.message, misconfigured };
}
