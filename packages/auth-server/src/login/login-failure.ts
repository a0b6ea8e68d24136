import { AccountDisconnectedError } from "../grant/account-disconnected-error.ts";
import type { AuthorizationFailure } from "../provider/pending-authorizations.ts";
import { LoginRefusedError } from "../upstream/errors/login-refused-error.ts";
import { InsufficientScopeError } from "../upstream/errors/insufficient-scope-error.ts";
import { ExcessiveScopeError } from "../upstream/errors/excessive-scope-error.ts";
import { UpstreamMisconfiguredError } from "../upstream/errors/upstream-misconfigured-error.ts";
import { UpstreamUnavailableError } from "../upstream/errors/upstream-unavailable-error.ts";
import { ForgejoAuthorizationError } from "./forgejo-authorization-error.ts";

/** What a login that went wrong means for the client, or for the person when they alone can mend it. */
export type LoginFailure =
  | {
      readonly kind: "answer";
      readonly error: AuthorizationFailure;
      /** For the client. */
      readonly description: string;
      /** For the log. */
      readonly detail: string;
      /** An administrator must act. */
      readonly misconfigured: boolean;
    }
  | { readonly kind: "scope_too_narrow"; readonly missing: readonly string[] };

/** Rethrows what is none of the expected failures. */
export function loginFailure(cause: unknown): LoginFailure {
  if (cause instanceof InsufficientScopeError) return { kind: "scope_too_narrow", missing: cause.missing };
  if (cause instanceof UpstreamUnavailableError) {
    return answer("temporarily_unavailable", "Forgejo does not answer, try again later", cause);
  }
  if (cause instanceof AccountDisconnectedError) {
    return answer("temporarily_unavailable", "the account was disconnected just now, try again", cause);
  }
  if (cause instanceof UpstreamMisconfiguredError) {
    return answer("server_error", "Forgejo does not accept this server", cause, true);
  }
  if (cause instanceof ExcessiveScopeError) {
    return answer("access_denied", "Forgejo granted more than this server may have", cause, true);
  }
  if (cause instanceof LoginRefusedError) {
    return answer("access_denied", "Forgejo refused this login", cause);
  }
  if (cause instanceof ForgejoAuthorizationError) return forgejoAnswered(cause);
  throw cause;
}

function forgejoAnswered(cause: ForgejoAuthorizationError): LoginFailure {
  // The code comes from outside: only a known one is logged.
  if (cause.code === "access_denied") return answer("access_denied", "denied at Forgejo", cause);
  if (cause.code === "temporarily_unavailable") {
    return answer("temporarily_unavailable", "Forgejo is not available, try again later", cause);
  }
  return answer("server_error", "Forgejo could not complete the login", cause, true);
}

function answer(
  error: AuthorizationFailure,
  description: string,
  cause: Error,
  misconfigured = false,
): LoginFailure {
  return { kind: "answer", error, description, detail: cause.message, misconfigured };
}
