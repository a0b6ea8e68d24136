import type { AccountId } from "@fjmcp/shared/ids";
import type { ForgejoClient } from "../forgejo/forgejo-client.ts";
import { compareScope } from "../forgejo/forgejo-scope.ts";
import { ExcessiveScopeError } from "../errors/excessive-scope-error.ts";
import { UpstreamUnavailableError } from "../errors/upstream-unavailable-error.ts";
import type { Vault } from "../vault/vault.ts";

/**
 * Introspects the token, as Forgejo's token responses carry no scope; stores and returns the granted scope. Rejects with
 * ExcessiveScopeError before it stores anything, and as ForgejoClient and Vault do.
 */
export type ScopeCheck = (account: AccountId, accessToken: string) => Promise<string>;

export function createScopeCheck(deps: {
  configured: string;
  client: Pick<ForgejoClient, "introspect">;
  vault: Vault;
}): ScopeCheck {
  const { configured, client, vault } = deps;

  return async function check(account, accessToken) {
    const granted = await client.introspect(accessToken);
    // Whether it was revoked, a check of the user finds out.
    if (granted === undefined) throw new UpstreamUnavailableError("Forgejo reports no scope for the token");
    const { excess } = compareScope(configured, granted.scope);
    if (excess.length > 0) {
      throw new ExcessiveScopeError(`Forgejo granted more than is configured: ${excess.join(" ")}`);
    }
    await vault.addDetails(account, accessToken, { scope: granted.scope });
    return granted.scope;
  };
}
