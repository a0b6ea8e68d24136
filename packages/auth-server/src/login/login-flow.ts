import { sha256Hex } from "@fjmcp/shared/hash";
import type { ClientId } from "@fjmcp/shared/ids";
import type { Clock } from "@fjmcp/shared/clock";
import type { SecretDerivation } from "../crypto/secret-derivation.ts";
import type { AuditEvents } from "../audit-events.ts";
import type { PendingAuthorization, PendingAuthorizations } from "../provider/pending-authorizations.ts";
import type { ForgejoLogin } from "../upstream/tokens/forgejo-login.ts";
import { faultOfOldState, newLoginState } from "./login-state.ts";
import { constantTimeEqual } from "../crypto/constant-time-equal.ts";
import { loginAttemptSec, newLoginAttempt, uidOfLoginCookie, type LoginAttempt } from "./login-cookie.ts";
import type { LoginFault } from "./login-fault.ts";
import { ForgejoAuthorizationError } from "./forgejo-authorization-error.ts";
import { loginFailure, type LoginFailure } from "./login-failure.ts";
import type { LoginStateStore } from "./login-state-store.ts";

/** The query of Forgejo's redirect to our callback. */
export interface CallbackParameters {
  readonly state: string | undefined;
  readonly code: string | undefined;
  readonly error: string | undefined;
}

export type LoginOutcome =
  | { readonly kind: "redirect"; readonly location: string }
  /** This browser has no such login pending: nothing was changed, and the client gets no response. */
  | { readonly kind: "no_pending_login"; readonly fault: LoginFault; readonly detail: string }
  | { readonly kind: "insufficient_scope"; readonly missing: readonly string[]; readonly uid: string };

/** The login through Forgejo, from consent to the grant. Rejects with StoreUnavailableError. */
export interface LoginFlow {
  /** After consent: stores the state, and returns the URL at Forgejo to redirect to and the cookie to set. */
  start(pending: PendingAuthorization): Promise<{ attempt: LoginAttempt; location: string }>;
  /** After Forgejo's redirect: `cookie` is the value of the state's login cookie, if the browser sent it. */
  finish(callback: CallbackParameters, cookie: string | undefined): Promise<LoginOutcome>;
}

export function createLoginFlow(deps: {
  states: LoginStateStore;
  pending: PendingAuthorizations;
  forgejo: ForgejoLogin;
  derivation: SecretDerivation;
  events: AuditEvents;
  clock: Clock;
  secureCookies: boolean;
}): LoginFlow {
  const { states, pending, forgejo, derivation, events } = deps;
  /** PKCE at Forgejo (RFC 7636): the verifier is derived from the state, so it need not be stored. */
  const verifierOf = (state: string) => derivation.derive("upstream-verifier", state);

  async function exchange(code: string | undefined, error: string | undefined, state: string) {
    if (code !== undefined && error === undefined) return forgejo.complete(code, verifierOf(state));
    throw new ForgejoAuthorizationError(error);
  }

  async function fail(failure: LoginFailure, uid: string, clientId: ClientId): Promise<LoginOutcome> {
    if (failure.kind === "insufficient_scope") return { ...failure, uid };
    if (failure.misconfigured) events.upstreamMisconfigured({ detail: failure.detail, clientId });
    events.loginFailed({ error: failure.error, detail: failure.detail, clientId });
    return redirect(await pending.fail(uid, failure.error, failure.description));
  }

  return {
    async start({ uid, clientId }) {
      const state = newLoginState(deps.clock());
      const attempt = newLoginAttempt({ state, uid, nowMs: deps.clock(), secure: deps.secureCookies });
      await states.put(sha256Hex(state), attempt.binding, loginAttemptSec);
      events.loginStarted({ clientId });
      return { attempt, location: forgejo.authorizeUrl(state, challengeOf(verifierOf(state))) };
    },

    async finish({ state, code, error }, cookie) {
      if (state === undefined) return noPendingLogin("no_login", "no state");
      const binding = await states.peek(sha256Hex(state));
      if (binding === undefined) {
        return noPendingLogin(faultOfOldState(state, deps.clock()), "unknown, used or expired state");
      }
      if (cookie === undefined) return noPendingLogin("other_browser", "no login cookie");
      if (!constantTimeEqual(binding, sha256Hex(cookie))) {
        return noPendingLogin("other_browser", "another browser's state");
      }
      if (!(await states.take(sha256Hex(state)))) return noPendingLogin("finished", "used state");

      const uid = uidOfLoginCookie(cookie);
      const authorization = await pending.find(uid);
      if (authorization === undefined)
        return noPendingLogin("expired", "the authorization request has expired");
      const { clientId } = authorization;
      try {
        const { accountId, login } = await exchange(code, error, state);
        const granted = await pending.grant(uid, accountId);
        if (granted !== undefined) {
          events.loginCompleted({ accountId, login, clientId, grantId: granted.grantId });
        }
        return redirect(granted?.location);
      } catch (cause) {
        return fail(loginFailure(cause), uid, clientId);
      }
    },
  };
}

function redirect(location: string | undefined): LoginOutcome {
  if (location === undefined) return noPendingLogin("expired", "the authorization request has expired");
  return { kind: "redirect", location };
}

function noPendingLogin(fault: LoginFault, detail: string): LoginOutcome {
  return { kind: "no_pending_login", fault, detail };
}

function challengeOf(verifier: string): string {
  return Buffer.from(sha256Hex(verifier), "hex").toString("base64url");
}
