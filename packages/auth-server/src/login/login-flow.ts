import type { AccountId, ClientId } from "@fjmcp/shared/ids";
import type { Clock } from "@fjmcp/shared/clock";
import type { SecretDerivation } from "../crypto/secret-derivation.ts";
import type { AuditEvents } from "../audit-events.ts";
import type { HistoryRecorder } from "../grant/history-recorder.ts";
import { personalTokenClientId } from "../grant/personal-token.ts";
import type { GrantedAccess } from "../grant/granted-access.ts";
import { interactionPath } from "../paths.ts";
import type { PendingAuthorization, PendingAuthorizations } from "../provider/pending-authorizations.ts";
import { createAccountConfirmations, type ConfirmedAccount } from "./account-confirmation.ts";
import { formatAccess } from "./access-text.ts";
import type { CallbackParameters, ForgejoLeg, LoginStart } from "./forgejo-leg.ts";
import { claimLogin, type LoginClaim } from "./login-claim.ts";
import { loginOfCookie, type PendingLogin } from "./login-cookie.ts";
import { loginFailure, repeatedInVain, type LoginFailure } from "./login-failure.ts";
import { noPendingLogin, type ChosenAccess, type LoginOutcome } from "./login-outcome.ts";
import { loginState } from "./login-state.ts";
import type { LoginStateStore } from "./login-state-store.ts";

/** What the client reads of a user that the administrator does not allow. */
const notAllowed =
  "The administrator of this server has not allowed this Forgejo account. Ask the administrator, or sign in with another account.";

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
  start(pending: PendingAuthorization, consent: Consent): Promise<LoginStart>;
  /**
   * After Forgejo's redirect, idempotent for `repeatSec`: `cookie` is the value of the state's login cookie, if the browser
   * sent it; `before` the account that was last connected from it. Another one is granted only when its user confirms it.
   */
  finish(callback: CallbackParameters, cookie: string | undefined, before?: AccountId): Promise<LoginOutcome>;
  /** After the user has confirmed the account, see `other_account` of LoginOutcome. Undefined for any other `confirmation`. */
  confirm(pending: PendingAuthorization, confirmation: unknown): Promise<LoginOutcome | undefined>;
}

export function createLoginFlow(deps: {
  states: LoginStateStore;
  pending: PendingAuthorizations;
  leg: ForgejoLeg;
  history: Pick<HistoryRecorder, "connected">;
  derivation: SecretDerivation;
  events: AuditEvents;
  clock: Clock;
}): LoginFlow {
  const { states, pending, leg, history, derivation, events } = deps;
  const confirmations = createAccountConfirmations(derivation);

  /** Again at Forgejo's authorize endpoint, unless that was done too often. */
  async function repeat(state: string, login: PendingLogin, clientId: ClientId): Promise<LoginOutcome> {
    const next = await leg.again(state, login);
    if (next === undefined) return fail(repeatedInVain, login.uid, clientId);
    const { retries, ...start } = next;
    events.loginRepeated({ clientId, retries });
    return { kind: "repeat", ...start };
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
    if (failure.kind !== "error_response") return { ...failure, retryPath: `${interactionPath}/${uid}` };
    if (failure.misconfigured) events.upstreamMisconfigured({ detail: failure.detail, clientId });
    events.loginFailed({ error: failure.error, detail: failure.detail, clientId });
    return redirect(await pending.fail(uid, failure.error, failure.description));
  }

  async function grant(
    { uid, clientId, clientName, redirectUri }: PendingAuthorization,
    account: ConfirmedAccount,
  ): Promise<LoginOutcome> {
    const granted = await pending.grant(uid, account, account.access);
    const { accountId, login, forgejoClientId } = account;
    if (granted?.grantId === undefined) return redirect(granted?.location, { connected: accountId });
    events.loginCompleted({ accountId, login, clientId, grantId: granted.grantId, forgejoClientId });
    // Of a personal token its user reads once it is made, and each one is another.
    if (clientId === personalTokenClientId) return redirect(granted.location, { connected: accountId });
    await history.connected({ accountId, clientId });
    const chosen = { client: { clientId, clientName, redirectUri }, access: formatAccess(account.access) };
    return redirect(granted.location, { connected: accountId, chosen });
  }

  function askAbout(
    { uid, clientName, redirectUri }: PendingAuthorization,
    account: ConfirmedAccount,
  ): LoginOutcome {
    const confirmation = confirmations.issue(uid, { ...account, access: formatAccess(account.access) });
    const path = `${interactionPath}/${uid}`;
    return { kind: "other_account", login: account.login, clientName, redirectUri, path, confirmation };
  }

  async function conclude(
    claim: LoginClaim,
    callback: CallbackParameters,
    before: AccountId | undefined,
  ): Promise<LoginOutcome> {
    const { state, cookie } = claim;
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
      const { accountId, login, forgejoClientId } = await leg.exchange(claim, callback);
      const account = { accountId, login, forgejoClientId, access: pendingLogin.access };
      return before === undefined || before === accountId
        ? await grant(authorization, account)
        : askAbout(authorization, account);
    } catch (cause) {
      const failure = loginFailure(cause);
      if (failure.kind === "code_rejected") return repeat(state, pendingLogin, clientId);
      return fail(failure, uid, clientId);
    }
  }

  return {
    async start({ uid, clientId }, { form, startedAtSec, access }) {
      events.loginStarted({ clientId });
      // Another choice on the same page is another login: the choice is part of the cookie that the state is bound to.
      const secret = derivation.derive("login-state", `${form}\0${formatAccess(access)}`);
      return leg.begin(loginState(startedAtSec, secret), { uid, startedAtSec, retries: 0, access });
    },

    async finish(callback, cookie, before) {
      const claim = await claimLogin({ states, clock: deps.clock }, { state: callback.state, cookie });
      if (claim.kind !== "claimed") return claim;
      return claim.complete(() => conclude(claim, callback, before));
    },

    async confirm(authorization, confirmation) {
      const { uid, clientId, completed } = authorization;
      const account = confirmations.verify(uid, confirmation);
      if (account === undefined) return undefined;
      if (completed !== undefined) return redirect(completed.location);
      try {
        return await grant(authorization, account);
      } catch (cause) {
        const failure = loginFailure(cause);
        if (failure.kind === "code_rejected") throw cause;
        return fail(failure, uid, clientId);
      }
    },
  };
}

function redirect(
  location: string | undefined,
  done: { connected?: AccountId; chosen?: ChosenAccess } = {},
): LoginOutcome {
  if (location === undefined) return noPendingLogin("expired", "the authorization request has expired");
  return { kind: "redirect", location, ...done };
}
