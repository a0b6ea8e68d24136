import { sha256Hex } from "@fjmcp/shared/hash";
import type { ClientId } from "@fjmcp/shared/ids";
import type { Clock } from "@fjmcp/shared/clock";
import type { SecretDerivation } from "../crypto/secret-derivation.ts";
import type { AuditEvents } from "../audit-events.ts";
import type { GrantedAccess } from "../grant/granted-access.ts";
import type { PendingAuthorization, PendingAuthorizations } from "../provider/pending-authorizations.ts";
import type { ForgejoLogin } from "../upstream/tokens/forgejo-login.ts";
import {
  loginAttemptSec,
  loginOfCookie,
  newLoginAttempt,
  type LoginAttempt,
  type PendingLogin,
} from "./login-cookie.ts";
import { formatAccess } from "./access-text.ts";
import { ForgejoAuthorizationError } from "./forgejo-authorization-error.ts";
import { claimLogin, type LoginClaim } from "./login-claim.ts";
import { loginFailure, repeatedInVain, type LoginFailure } from "./login-failure.ts";
import { noPendingLogin, type LoginOutcome } from "./login-outcome.ts";
import { loginState } from "./login-state.ts";
import type { LoginStateStore } from "./login-state-store.ts";

/** How often a login whose code Forgejo rejected is sent there again. */
const maxRetries = 3;

/** For the client. */
const notAllowed =
  "The administrator of this server has not allowed this Forgejo account. Ask the administrator, or sign in with another account.";

/** The query of Forgejo's redirect to our callback. */
interface CallbackParameters {
  readonly state: string | undefined;
  readonly code: string | undefined;
  readonly error: string | undefined;
}

/** A user's consent. */
interface Consent {
  /** The CSRF token of the page whose form the user has submitted. */
  readonly form: string;
  /** When that page was loaded, in seconds since the epoch. */
  readonly startedAtSec: number;
  /** What the user chose there. */
  readonly access: GrantedAccess;
}

/** The login through Forgejo, from consent to the grant. Rejects with StoreUnavailableError. */
export interface LoginFlow {
  /**
   * After consent: stores the state, and returns the URL at Forgejo to redirect to and the cookie to set. Both depend only
   * on the consent: the same form, submitted again with the same choice, starts the same login again.
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

  async function begin(state: string, login: PendingLogin) {
    const secret = derivation.derive("login-cookie", state);
    const attempt = newLoginAttempt({ ...login, state, secret, secure: deps.secureCookies });
    await states.put(sha256Hex(state), attempt.binding, loginAttemptSec);
    return { attempt, location: forgejo.authorizeUrl(state, challengeOf(verifierOf(state))) };
  }

  /** Again at Forgejo's authorize endpoint, with a state that depends only on the one before. */
  async function repeat(state: string, login: PendingLogin, clientId: ClientId): Promise<LoginOutcome> {
    const retries = login.retries + 1;
    events.loginRepeated({ clientId, retries });
    const next = loginState(login.startedAtSec, derivation.derive("login-state", `${state}\0retry`));
    return { kind: "repeat", ...(await begin(next, { ...login, retries })) };
  }

  async function fail(
    failure: Exclude<LoginFailure, { kind: "code_rejected" }>,
    uid: string,
    clientId: ClientId,
  ): Promise<LoginOutcome> {
    if (failure.kind === "not_allowed") {
      const location = await pending.fail(uid, "access_denied", notAllowed);
      return location === undefined ? redirect(location) : { ...failure, location };
    }
    if (failure.kind !== "error_response") return { ...failure, uid };
    if (failure.misconfigured) events.upstreamMisconfigured({ detail: failure.detail, clientId });
    events.loginFailed({ error: failure.error, detail: failure.detail, clientId });
    return redirect(await pending.fail(uid, failure.error, failure.description));
  }

  async function conclude(
    { state, cookie }: LoginClaim,
    code: string | undefined,
    error: string | undefined,
  ): Promise<LoginOutcome> {
    const pendingLogin = loginOfCookie(cookie);
    const { uid } = pendingLogin;
    const authorization = await pending.find(uid);
    if (authorization === undefined) {
      return noPendingLogin("expired", "the authorization request has expired");
    }
    const { clientId, completed } = authorization;
    // Another tab has finished the same authorization request: one consent makes one grant.
    if (completed !== undefined) return redirect(completed.location);
    try {
      const { accountId, login } = await exchange(code, error, state);
      const granted = await pending.grant(uid, accountId, pendingLogin.access);
      if (granted?.grantId !== undefined) {
        events.loginCompleted({ accountId, login, clientId, grantId: granted.grantId });
      }
      return redirect(granted?.location);
    } catch (cause) {
      const failure = loginFailure(cause);
      if (failure.kind !== "code_rejected") return fail(failure, uid, clientId);
      if (pendingLogin.retries >= maxRetries) return fail(repeatedInVain, uid, clientId);
      return repeat(state, pendingLogin, clientId);
    }
  }

  return {
    async start({ uid, clientId }, { form, startedAtSec, access }) {
      events.loginStarted({ clientId });
      // Another choice on the same page is another login: the choice is part of the cookie that the state is bound to.
      const secret = derivation.derive("login-state", `${form}\0${formatAccess(access)}`);
      return begin(loginState(startedAtSec, secret), { uid, startedAtSec, retries: 0, access });
    },

    async finish({ state, code, error }, cookie) {
      const claim = await claimLogin({ states, clock: deps.clock }, { state, cookie });
      if (claim.kind !== "claimed") return claim;
      return claim.complete(() => conclude(claim, code, error));
    },
  };
}

function redirect(location: string | undefined): LoginOutcome {
  if (location === undefined) return noPendingLogin("expired", "the authorization request has expired");
  return { kind: "redirect", location };
}

function challengeOf(verifier: string): string {
  return Buffer.from(sha256Hex(verifier), "hex").toString("base64url");
}
