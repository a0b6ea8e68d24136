import type { Clock } from "@fjmcp/shared/clock";
import type { AccountId } from "@fjmcp/shared/ids";
import type { AccountState } from "@fjmcp/shared/ipc/explain";
import type { ForgejoClient } from "../forgejo/forgejo-client.ts";
import { UpstreamMisconfiguredError } from "../errors/upstream-misconfigured-error.ts";
import { UpstreamUnavailableError } from "../errors/upstream-unavailable-error.ts";
import { VaultKeyMissingError } from "../errors/vault-key-missing-error.ts";
import { hasExpired } from "../vault/upstream-record.ts";
import type { Vault } from "../vault/vault.ts";
import type { SignInCheck } from "./sign-in-policy.ts";

/**
 * What Forgejo and the configuration say of an account now, for an administrator to read. It changes nothing: whatever it
 * finds, the account keeps its tokens and grants. Rejects with StoreUnavailableError.
 */
export type AccountStateOf = (account: AccountId) => Promise<AccountState>;

export function createAccountState(deps: {
  vault: Pick<Vault, "read">;
  client: Pick<ForgejoClient, "user">;
  maySignIn: SignInCheck;
  clock: Clock;
}): AccountStateOf {
  const { vault, client, maySignIn, clock } = deps;
  return async function accountState(account) {
    try {
      const versioned = await vault.read(account);
      if (versioned === undefined) return { status: "no_tokens" };
      const { record } = versioned;
      if (hasExpired(record, clock())) return { status: "not_asked" };
      const response = await client.user(record.accessToken);
      if (response.status === "suspended") return { status: "suspended", message: response.message };
      if (response.status === "rejected") return { status: "rejected" };
      return { status: (await maySignIn(response.user, record.accessToken)) ? "ok" : "not_allowed" };
    } catch (error) {
      if (error instanceof VaultKeyMissingError) return { status: "key_missing" };
      const isForgejos =
        error instanceof UpstreamUnavailableError || error instanceof UpstreamMisconfiguredError;
      if (!isForgejos) throw error;
      return { status: "unavailable" };
    }
  };
}
