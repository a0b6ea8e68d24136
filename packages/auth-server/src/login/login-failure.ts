import { AccountDisconnectedError } from "../grant/account-disconnected-error.ts";
import { TooManyPersonalTokensError } from "../grant/too-many-personal-tokens-error.ts";
import { TooManyLoginsError } from "../grant/too-many-logins-error.ts";
import type { AuthorizationFailure } from "../provider/pending-authorizations.ts";
import { CodeRejectedError } from "../upstream/errors/code-rejected-error.ts";
import { InsufficientScopeError } from "../upstream/errors/insufficient-scope-error.ts";
import { ExcessiveScopeError } from "../upstream/errors/excessive-scope-error.ts";
import { UpstreamMisconfiguredError } from "../upstream/errors/upstream-misconfigured-error.ts";
import { UpstreamUnavailableError } from "../upstream/errors/upstream-unavailable-error.ts";
import { UserNotAllowedError } from "../upstream/errors/user-not-allowed-error.ts";
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
  /** The administrator does not let this user sign in. */
  | { readonly kind: "not_allowed"; readonly login: string }
  | { readonly kind: "code_rejected" };

/** The login was repeated as often as it may be. */
export const repeatedInVain = {
  kind: "error_response",
  error: "temporarily_unavailable",
  description: "Forgejo did not complete the sign-in. Try again.",
  detail: "Forgejo rejected every code of this login",
  misconfigured: false,
} satisfies LoginFailure;

/** Maps the expected failures of a login; rethrows any other error. */
export function loginFailure(cause: unknown): LoginFailure {
  if (cause instanceof InsufficientScopeError) return { kind: "insufficient_scope", missing: cause.missing };
  if (cause instanceof UserSuspendedError) return { kind: "suspended", message: cause.message };
  if (cause instanceof UserNotAllowedError) return { kind: "not_allowed", login: cause.login };
  if (cause instanceof CodeRejectedError) return { kind: "code_rejected" };
  if (cause instanceof UpstreamUnavailableError) {
    return errorResponse(
      "temporarily_unavailable",
      "Forgejo does not respond at the moment. Try again later.",
      cause,
    );
  }
  if (cause instanceof AccountDisconnectedError) {
    const description =
      "The account was disconnected during the sign-in. Connect again; if that fails, try again in a minute.";
    return errorResponse("temporarily_unavailable", description, cause);
  }
  if (cause instanceof TooManyLoginsError) {
    const description = "Too many sign-ins of this account are not finished. Try again in ten minutes.";
    return errorResponse("temporarily_unavailable", description, cause);
  }
  // Only the user can make room: for the command line it is as if it was denied.
  if (cause instanceof TooManyPersonalTokensError)
    return errorResponse("access_denied", cause.message, cause);
  if (cause instanceof UpstreamMisconfiguredError) {
    return errorResponse(
      "server_error",
      "Forgejo does not accept this server. Ask its administrator.",
      cause,
      true,
    );
  }
  if (cause instanceof ExcessiveScopeError) {
    return errorResponse(
      "server_error",
      "Forgejo gave this server more access than it may have. Ask its administrator.",
      cause,
      true,
    );
  }
  if (cause instanceof ForgejoAuthorizationError) return authorizationFailure(cause);
  throw cause;
}

function authorizationFailure(cause: ForgejoAuthorizationError): LoginFailure {
  // The code comes from outside: only known ones are distinguished, and none is logged.
  if (cause.code === "access_denied")
    return errorResponse(
      "access_denied",
      "You did not allow this at Forgejo. Connect again to allow it.",
      cause,
    );
  if (cause.code === "temporarily_unavailable") {
    return errorResponse(
      "temporarily_unavailable",
      "Forgejo does not respond at the moment. Try again later.",
      cause,
    );
  }
  return errorResponse(
    "server_error",
    "Forgejo could not complete the sign-in. Try again, or ask the administrator of this server.",
    cause,
    true,
  );
}

function errorResponse(
  error: AuthorizationFailure,
  description: string,
  cause: Error,
  misconfigured = false,
): LoginFailure {
  return { kind: "error_response", error, description, detail: cause.message, misconfigured };
}
