import { sha256Hex } from "@fjmcp/shared/hash";
import type { SecretDerivation } from "../crypto/secret-derivation.ts";
import type { ForgejoAccount, ForgejoLogin } from "../upstream/tokens/forgejo-login.ts";
import { ForgejoAuthorizationError } from "./forgejo-authorization-error.ts";
import { newLoginAttempt, loginAttemptSec, type LoginAttempt, type PendingLogin } from "./login-cookie.ts";
import { loginState } from "./login-state.ts";
import type { LoginStateStore } from "./login-state-store.ts";

/** How often a login whose code Forgejo rejected is sent there again. */
const maxRetries = 3;

/** The query of Forgejo's redirect to our callback. */
export interface CallbackParameters {
  readonly state: string | undefined;
  readonly code: string | undefined;
  readonly error: string | undefined;
}

/** Where to redirect the browser, and the cookie that binds the login to it. */
export interface LoginStart {
  readonly attempt: LoginAttempt;
  /** Forgejo's authorize endpoint. */
  readonly location: string;
}

/** The part of a login at Forgejo, whatever the login is for. Rejects with StoreUnavailableError. */
export interface ForgejoLeg {
  /** Stores the state. The result depends only on the arguments. */
  begin(state: string, login: PendingLogin): Promise<LoginStart>;
  /**
   * Starts again after Forgejo rejected a code, with a state that depends only on the one before. Undefined once that was
   * done three times.
   */
  again(state: string, login: PendingLogin): Promise<(LoginStart & { retries: number }) | undefined>;
  /** Redeems the code that Forgejo sent for this state. Rejects as ForgejoLogin does, or with ForgejoAuthorizationError. */
  exchange(
    state: string,
    callback: CallbackParameters,
    options?: { acceptsMissingScope: boolean },
  ): Promise<ForgejoAccount>;
}

export function createForgejoLeg(deps: {
  states: LoginStateStore;
  forgejo: ForgejoLogin;
  derivation: SecretDerivation;
  secureCookies: boolean;
}): ForgejoLeg {
  const { states, forgejo, derivation } = deps;
  /** PKCE at Forgejo (RFC 7636): the verifier is derived from the state, so it need not be stored. */
  const verifierOf = (state: string) => derivation.derive("upstream-verifier", state);

  async function begin(state: string, login: PendingLogin): Promise<LoginStart> {
    const secret = derivation.derive("login-cookie", state);
    const attempt = newLoginAttempt({ ...login, state, secret, secure: deps.secureCookies });
    await states.put(sha256Hex(state), attempt.binding, loginAttemptSec);
    return { attempt, location: forgejo.authorizeUrl(state, challengeOf(verifierOf(state))) };
  }

  return {
    begin,

    async again(state, login) {
      if (login.retries >= maxRetries) return undefined;
      const retries = login.retries + 1;
      const next = loginState(login.startedAtSec, derivation.derive("login-state", `${state}\0retry`));
      return { retries, ...(await begin(next, { ...login, retries })) };
    },

    async exchange(state, { code, error }, options) {
      if (code === undefined || error !== undefined) throw new ForgejoAuthorizationError(error);
      return forgejo.complete(code, verifierOf(state), options);
    },
  };
}

function challengeOf(verifier: string): string {
  return Buffer.from(sha256Hex(verifier), "hex").toString("base64url");
}
