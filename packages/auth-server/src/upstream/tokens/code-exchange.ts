import type { AccountId } from "@fjmcp/shared/ids";
import type { ForgejoApp, ForgejoClient } from "../forgejo/forgejo-client.ts";
import type { ForgejoAccount, ForgejoLogin } from "./forgejo-login.ts";
import { compareScope } from "../forgejo/forgejo-scope.ts";
import type { ForgejoTokenSet } from "../forgejo/forgejo-token-set.ts";
import { CodeRejectedError } from "../errors/code-rejected-error.ts";
import { InsufficientScopeError } from "../errors/insufficient-scope-error.ts";
import { LoginRequiredError } from "../errors/login-required-error.ts";
import type { RotationTracker } from "./rotation-tracker.ts";
import type { WorkerRetirement } from "../../grant/worker-retirement.ts";
import type { ScopeCheck } from "./scope-check.ts";
import type { TokenRequestQueue } from "./token-request-queue.ts";
import { TokenRejectedError } from "../errors/token-rejected-error.ts";
import { UpstreamMisconfiguredError } from "../errors/upstream-misconfigured-error.ts";
import { UserNotAllowedError } from "../errors/user-not-allowed-error.ts";
import type { UserCheck } from "./user-check.ts";
import type { Vault } from "../vault/vault.ts";

/** How long an exchange waits for requests of others: its user can wait, and its code is burned if it loses the race. */
const exchangeWaitMs = 3000;

/** `scope` is requested and must be granted: no less and no more. */
export function createForgejoLogin(deps: {
  app: ForgejoApp;
  scope: string;
  client: ForgejoClient;
  rotations: RotationTracker;
  vault: Vault;
  checkScope: ScopeCheck;
  checkUser: UserCheck;
  requestTokens: TokenRequestQueue;
  retireWorkers: WorkerRetirement;
}): ForgejoLogin {
  const { app, scope, client, rotations, vault } = deps;

  async function exchange(code: string, codeVerifier: string): Promise<ForgejoTokenSet> {
    try {
      return await client.exchangeCode(code, codeVerifier);
    } catch (cause) {
      if (!(cause instanceof TokenRejectedError)) throw cause;
      throw new CodeRejectedError("Forgejo rejected the code", { cause });
    }
  }

  /** The id_token's subject; without one the introspected subject, which unlike the API needs no scope. */
  async function subjectOf(tokens: ForgejoTokenSet): Promise<AccountId> {
    if (tokens.subject !== undefined) return tokens.subject;
    const introspected = await client.introspect(tokens.accessToken);
    if (introspected === undefined) throw new CodeRejectedError("Forgejo revoked the tokens at once");
    if (introspected.sub === undefined)
      throw new UpstreamMisconfiguredError("Forgejo reports no subject for the tokens");
    return introspected.sub;
  }

  async function exchangeAndStore(code: string, codeVerifier: string) {
    const tokens = await exchange(code, codeVerifier);
    const accountId = await subjectOf(tokens);
    // Before any check: the exchange has invalidated the refresh token that the account's other clients need.
    const replacesGrant = await vault.storeLogin(accountId, tokens);
    return { accountId, tokens, replacesGrant };
  }

  async function check(
    accountId: AccountId,
    tokens: ForgejoTokenSet,
    acceptsMissingScope: boolean,
  ): Promise<ForgejoAccount> {
    const granted = await deps.checkScope(accountId, tokens.accessToken);
    const { missing } = compareScope(scope, granted);
    if (missing.length > 0 && !acceptsMissingScope) throw new InsufficientScopeError(missing);
    try {
      return { ...(await identify(accountId)), missing };
    } catch (cause) {
      if (!(cause instanceof LoginRequiredError) || cause instanceof UserNotAllowedError) throw cause;
      throw new CodeRejectedError("Forgejo revoked the tokens at once", { cause });
    }
  }

  async function identify(accountId: AccountId): Promise<Omit<ForgejoAccount, "missing">> {
    const versioned = await vault.read(accountId);
    const { user } = versioned === undefined ? {} : await deps.checkUser(accountId, versioned);
    if (user === undefined) throw new CodeRejectedError("The tokens were replaced or have expired");
    return {
      accountId,
      forgejoClientId: app.clientId,
      login: user.login,
      isAdministrator: user.isAdministrator,
    };
  }

  return {
    authorizeUrl(state, codeChallenge) {
      const query = new URLSearchParams({
        client_id: app.clientId,
        redirect_uri: app.redirectUri,
        response_type: "code",
        scope,
        state,
        code_challenge: codeChallenge,
        code_challenge_method: "S256",
      });
      return `${app.url}/login/oauth/authorize?${query.toString()}`;
    },

    async complete(code, codeVerifier, { acceptsMissingScope } = { acceptsMissingScope: false }) {
      const exchanged = await rotations.run(() =>
        deps.requestTokens(() => exchangeAndStore(code, codeVerifier), exchangeWaitMs),
      );
      const { accountId, tokens, replacesGrant } = exchanged;
      if (replacesGrant) await deps.retireWorkers(accountId, app.clientId);
      try {
        return await check(accountId, tokens, acceptsMissingScope);
      } catch (cause) {
        // The tokens may exceed the configured scope. If deleting them fails too, report the first failure.
        await vault.removeUnused(accountId, tokens).catch(() => undefined);
        throw cause;
      }
    },
  };
}
