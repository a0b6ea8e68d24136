import type { Clock } from "@fjmcp/shared/clock";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { AuditEvents } from "../audit-events.ts";
import type { SecretDerivation } from "../crypto/secret-derivation.ts";
import type { GrantedAccess } from "../grant/granted-access.ts";
import { connectionsPaths } from "../paths.ts";
import type { ConnectionsSessionStore } from "./connections-session-store.ts";
import type { CallbackParameters, ForgejoLeg, LoginStart } from "./forgejo-leg.ts";
import { claimLogin, type LoginClaim } from "./login-claim.ts";
import { loginOfCookie } from "./login-cookie.ts";
import { loginFailure, repeatedInVain, type LoginFailure } from "./login-failure.ts";
import type { LoginOutcome } from "./login-outcome.ts";
import { loginState } from "./login-state.ts";
import type { LoginStateStore } from "./login-state-store.ts";
import { formatTokenPlan, type TokenPlan } from "./token-plan.ts";

/** How long a user stays signed in to the page of connections, in seconds. */
export const connectionsSessionSec = 1800;
/** What a login to the page authorizes: nothing, so that it asks Forgejo for as little as possible. */
export const signInAccess: GrantedAccess = { scopes: [], toolsets: [] };
/** Stands in the place of an interaction's id, all of which are longer. */
const uid = "connections";

/**
 * The login to the page of connections, through the same application and callback at Forgejo as that of a client.
 *
 * Forgejo has one grant for a user and application, and each exchange of a code invalidates the refresh token before it.
 * So the tokens of this login are stored in the vault like all others (docs/adr/0028): the account's clients go on with
 * them. Where the account has no client, the record expires within an hour, as after a login whose client never claims
 * its tokens; until then it serves to ask Forgejo whether the user is an administrator.
 */
export interface ConnectionsLogin {
  /**
   * Stores the state; returns the URL at Forgejo to redirect to, and the cookie to set. `secret`: 32 random bytes or more.
   * With a plan of a personal token, Forgejo is asked for what that needs, and the login ends at the form for it, where the
   * plan stands again.
   */
  start(secret: string, tokenPlan?: TokenPlan): Promise<LoginStart>;
  /** As `finish` of LoginFlow. */
  finish(callback: CallbackParameters, cookie: string | undefined): Promise<LoginOutcome>;
}

/** Whether the login of this cookie is one to the page of connections. Not authentic until the login is claimed. */
export function isConnectionsLogin(cookie: string | undefined): boolean {
  return cookie !== undefined && loginOfCookie(cookie).uid === uid;
}

export function createConnectionsLogin(deps: {
  states: LoginStateStore;
  sessions: ConnectionsSessionStore;
  leg: ForgejoLeg;
  derivation: SecretDerivation;
  events: Pick<AuditEvents, "connectionsSignedIn" | "upstreamMisconfigured">;
  clock: Clock;
}): ConnectionsLogin {
  const { states, sessions, leg, derivation, events, clock } = deps;

  function fail(failure: Exclude<LoginFailure, { kind: "code_rejected" }>): LoginOutcome {
    if (failure.kind === "not_allowed") {
      const detail = "the user is not allowed to sign in";
      return { kind: "sign_in_failed", error: "not_allowed", detail };
    }
    if (failure.kind !== "error_response") return { ...failure, retryPath: connectionsPaths.list };
    const { error, detail } = failure;
    if (failure.misconfigured) events.upstreamMisconfigured({ detail });
    return { kind: "sign_in_failed", error, detail };
  }

  async function conclude(claim: LoginClaim, callback: CallbackParameters): Promise<LoginOutcome> {
    const { state, cookie } = claim;
    try {
      // An account that Forgejo granted less than clients need must be able to end its connections all the same.
      const account = await leg.exchange(claim, callback, { acceptsMissingScope: true });
      const sessionId = derivation.derive("connections-session", state);
      await sessions.put(sha256Hex(sessionId), account, connectionsSessionSec);
      events.connectionsSignedIn({ accountId: account.accountId, login: account.login });
      return { kind: "signed_in", sessionId, path: pathAfter(loginOfCookie(cookie).tokenPlan) };
    } catch (cause) {
      const failure = loginFailure(cause);
      if (failure.kind !== "code_rejected") return fail(failure);
      const next = await leg.again(state, loginOfCookie(cookie));
      if (next === undefined) return fail(repeatedInVain);
      return { kind: "repeat", attempt: next.attempt, location: next.location };
    }
  }

  return {
    start(secret, tokenPlan) {
      const { access } = tokenPlan ?? { access: signInAccess };
      const startedAtSec = Math.floor(clock() / 1000);
      const state = loginState(startedAtSec, derivation.derive("login-state", `${uid}\0${secret}`));
      return leg.begin(state, { uid, startedAtSec, retries: 0, access, tokenPlan });
    },

    async finish(callback, cookie) {
      const claim = await claimLogin({ states, clock }, { state: callback.state, cookie });
      if (claim.kind !== "claimed") return claim;
      return claim.complete(async () => conclude(claim, callback));
    },
  };
}

function pathAfter(tokenPlan: TokenPlan | undefined): string {
  return tokenPlan === undefined
    ? connectionsPaths.list
    : `${connectionsPaths.newToken}?${formatTokenPlan(tokenPlan)}`;
}
