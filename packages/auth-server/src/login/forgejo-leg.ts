import { sha256Hex } from "@fjmcp/shared/hash";
import type { SecretDerivation } from "../crypto/secret-derivation.ts";
import { CodeRejectedError } from "../upstream/errors/code-rejected-error.ts";
import type { ForgejoApplications } from "../upstream/forgejo-applications.ts";
import type { ForgejoAccount } from "../upstream/tokens/forgejo-login.ts";
import { ForgejoAuthorizationError } from "./forgejo-authorization-error.ts";
import {
  loginAttemptSec,
  loginOfCookie,
  newLoginAttempt,
  type LoginAttempt,
  type PendingLogin,
} from "./login-cookie.ts";
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
  /** Stores the state. The application authorizes the login's access. The result depends only on the arguments. */
  begin(state: string, login: PendingLogin): Promise<LoginStart>;
  /**
   * Starts again after Forgejo rejected a code, with a state that depends only on the one before. Undefined once that was
   * done three times.
   */
  again(state: string, login: PendingLogin): Promise<(LoginStart & { retries: number }) | undefined>;
  /**
   * Redeems the code that Forgejo sent for this state, with the application that the login's cookie names. Rejects as
   * ForgejoLogin does, or with ForgejoAuthorizationError.
   */
  exchange(
    login: { state: string; cookie: string },
    callback: CallbackParameters,
    options?: { acceptsMissingScope: boolean },
  ): Promise<ForgejoAccount>;
}

export function createForgejoLeg(deps: {
  states: LoginStateStore;
  applications: Pick<ForgejoApplications, "forAccess" | "find">;
  derivation: SecretDerivation;
  secureCookies: boolean;
}): ForgejoLeg {
  const { states, applications, derivation } = deps;
  /** PKCE at Forgejo (RFC 7636): the verifier is derived from the state, so it need not be stored. */
  const verifierOf = (state: string) => derivation.derive("upstream-verifier", state);

  async function begin(state: string, login: PendingLogin): Promise<LoginStart> {
    const secret = derivation.derive("login-cookie", state);
    const { forgejoClientId, login: forgejo } = applications.forAccess(login.access);
    const secure = deps.secureCookies;
    const attempt = newLoginAttempt({ ...login, forgejoClientId, state, secret, secure });
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

    async exchange({ state, cookie }, { code, error }, options) {
      if (code === undefined || error !== undefined) throw new ForgejoAuthorizationError(error);
      const upstream = applications.find(loginOfCookie(cookie).forgejoClientId);
      // The next login of this access is at another application.
      if (upstream === undefined) throw new CodeRejectedError("The application is not configured any more");
      return upstream.login.complete(code, verifierOf(state), options);
    },
  };
}

function challengeOf(verifier: string): string {
  return Buffer.from(sha256Hex(verifier), "hex").toString("base64url");
}
