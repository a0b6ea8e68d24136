import type { AccountId } from "@fjmcp/shared/ids";
import type { ForgejoApp, ForgejoClient } from "../forgejo/forgejo-client.ts";
import type { ForgejoAccount, ForgejoLogin } from "./forgejo-login.ts";
import type { ForgejoTokenSet } from "../forgejo/forgejo-token-set.ts";
import { LoginRefusedError } from "../errors/login-refused-error.ts";
import { LoginRequiredError } from "../errors/login-required-error.ts";
import type { RotationTracker } from "./rotation-tracker.ts";
import { refuseMissing, type ScopeCheck } from "./scope-check.ts";
import { TokenRefusedError } from "../errors/token-refused-error.ts";
import { UpstreamMisconfiguredError } from "../errors/upstream-misconfigured-error.ts";
import type { UserCheck } from "./user-check.ts";
import type { Vault } from "../vault/vault.ts";

/** `scope` is what is asked for and must be granted, no less and no more. */
export function createForgejoLogin(deps: {
  app: ForgejoApp;
  scope: string;
  client: ForgejoClient;
  rotations: RotationTracker;
  vault: Vault;
  checkScope: ScopeCheck;
  checkUser: UserCheck;
}): ForgejoLogin {
  const { app, scope, client, rotations, vault } = deps;

  async function exchange(code: string, codeVerifier: string): Promise<ForgejoTokenSet> {
    try {
      return await client.exchangeCode(code, codeVerifier);
    } catch (cause) {
      if (!(cause instanceof TokenRefusedError)) throw cause;
      throw new LoginRefusedError("Forgejo refused the code", { cause });
    }
  }

  /** Without an id_token the introspection says whose the tokens are; unlike the API it does so whatever the scope. */
  async function subjectOf(tokens: ForgejoTokenSet): Promise<AccountId> {
    const subject = tokens.subject ?? (await client.introspect(tokens.accessToken)).sub;
    if (subject === undefined) throw new UpstreamMisconfiguredError("Forgejo does not say who signed in");
    return subject as AccountId;
  }

  async function exchangeAndStore(code: string, codeVerifier: string) {
    const tokens = await exchange(code, codeVerifier);
    const accountId = await subjectOf(tokens);
    // First of all: Forgejo has just killed the refresh token that the account's other clients rest on.
    await vault.storeLogin(accountId, tokens);
    return { accountId, tokens };
  }

  async function check(accountId: AccountId, tokens: ForgejoTokenSet): Promise<ForgejoAccount> {
    refuseMissing(scope, await deps.checkScope(accountId, tokens.accessToken));
    try {
      return await identify(accountId);
    } catch (cause) {
      if (!(cause instanceof LoginRequiredError)) throw cause;
      throw new LoginRefusedError("The user may not sign in at Forgejo", { cause });
    }
  }

  async function identify(accountId: AccountId): Promise<ForgejoAccount> {
    const held = await vault.read(accountId);
    const { user } = held === undefined ? {} : await deps.checkUser(accountId, held);
    if (!user?.maySignIn) throw new LoginRefusedError("The user may not sign in at Forgejo");
    if (user.id !== accountId) {
      throw new UpstreamMisconfiguredError("Forgejo's token and its API name different users");
    }
    return { accountId, login: user.login };
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

    async complete(code, codeVerifier) {
      const { accountId, tokens } = await rotations.run(() => exchangeAndStore(code, codeVerifier));
      try {
        return await check(accountId, tokens);
      } catch (cause) {
        // They may do more than is configured. If they can not be deleted now, what went wrong first is told all the same.
        await vault.removeUnused(accountId, tokens).catch(() => undefined);
        throw cause;
      }
    },
  };
}
