import { sha256Hex } from "@fjmcp/shared/hash";
import type { ClientId } from "@fjmcp/shared/ids";
import type { SecretDerivation } from "../crypto/secret-derivation.ts";
import type { AuditEvents } from "../audit-events.ts";
import type { PendingAuthorization, PendingAuthorizations } from "../provider/pending-authorizations.ts";
import type { ForgejoLogin } from "../upstream/tokens/forgejo-login.ts";
import { loginAttemptSec, newLoginAttempt, uidOfLoginCookie, type LoginAttempt } from "./login-cookie.ts";
import { ForgejoAuthorizationError } from "./forgejo-authorization-error.ts";
import { finishOnce, noPendingLogin } from "./finish-once.ts";
import { loginFailure, type LoginFailure } from "./login-failure.ts";
import type { LoginOutcome } from "./login-outcome.ts";
import type { LoginStateStore } from "./login-state-store.ts";

/** The query of Forgejo's redirect to our callback. */
export interface CallbackParameters {
  readonly state: string | undefined;
  readonly code: string | undefined;
  readonly error: string | undefined;
}

/** A user's consent. */
export interface Consent {
  /** The CSRF token of the page whose form the user has submitted. */
  readonly form: string;
  /** When that page was loaded, in seconds since the epoch. */
  readonly startedAtSec: number;
}

/** The login through Forgejo, from consent to the grant. Rejects with StoreUnavailableError. */
export interface LoginFlow {
  /**
   * After consent: stores the state, and returns the URL at Forgejo to redirect to and the cookie to set. Both depend only
   * on the consent: the same form, submitted again, starts the same login again.
   */
  start(
    pending: PendingAuthorization,
    consent: Consent,
  ): Promise<{ attempt: LoginAttempt; location: string }>;
  /** After Forgejo's redirect, idempotent for `repeatSec`: `cookie` is the value of the state's login cookie, if the browser sent it. */
  finish(callback: CallbackParameters, cookie: string | undefined): Promise<LoginOutcome>;
}

export function createLoginFlow(deps: {
  states: LoginStateStore;
  pending: PendingAuthorizations;
  forgejo: ForgejoLogin;
  derivation: SecretDerivation;
  events: AuditEvents;
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
    async start({ uid, clientId }, { form, startedAtSec }) {
      const state = derivation.derive("login-state", form);
      const secret = derivation.derive("login-cookie", state);
      const attempt = newLoginAttempt({ state, uid, secret, startedAtSec, secure: deps.secureCookies });
      await states.put(sha256Hex(state), attempt.binding, loginAttemptSec);
      events.loginStarted({ clientId });
      return { attempt, location: forgejo.authorizeUrl(state, challengeOf(verifierOf(state))) };
    },

    finish({ state: presentedState, code, error }, presentedCookie) {
      const presented = { state: presentedState, cookie: presentedCookie };
      return finishOnce(states, presented, async (state, cookie) => {
        const uid = uidOfLoginCookie(cookie);
        const authorization = await pending.find(uid);
        if (authorization === undefined) return noPendingLogin("the authorization request has expired");
        const { clientId, completed } = authorization;
        // Another tab has finished the same authorization request: one consent makes one grant.
        if (completed !== undefined) return redirect(completed.location);
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
      });
    },
  };
}

function redirect(location: string | undefined): LoginOutcome {
  if (location === undefined) return noPendingLogin("the authorization request has expired");
  return { kind: "redirect", location };
}

function challengeOf(verifier: string): string {
  return Buffer.from(sha256Hex(verifier), "hex").toString("base64url");
}
