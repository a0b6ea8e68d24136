import { fault, type Finding } from "@fjmcp/shared/finding";
import { StoreUnavailableError } from "@fjmcp/shared/redis/store-unavailable-error";
import type { AccountId } from "@fjmcp/shared/ids";
import type { GrantDirectory } from "../grant/grant-directory.ts";
import { missingKeyRemedy } from "../upstream/errors/vault-key-missing-error.ts";
import type { KeyUse } from "./list-keys.ts";
import { mapInTurns } from "./map-in-turns.ts";

/**
 * A fault when stored Forgejo tokens need vault keys that are not in the key ring: the calls of their users fail. Finds
 * nothing while Redis is unavailable, which is a finding of its own.
 */
export async function findMissingVaultKeys(
  keys: KeyUse,
  directory: Pick<GrantDirectory, "accounts">,
): Promise<readonly Finding[]> {
  try {
    const missing = await missingKeys(keys, await directory.accounts());
    if (missing.size === 0) return [];
    const named = [...missing].map(([id, records]) => `${id} (${records})`).join(", ");
    const remedy = missingKeyRemedy([...missing.keys()], keys.forgejoClientId);
    return [
      fault(
        `FJMCP_VAULT_KEY_FILE: the calls of some users fail, because the keys of their stored Forgejo tokens are missing, each with the number of records: ${named}. ${remedy}`,
      ),
    ];
  } catch (error) {
    if (error instanceof StoreUnavailableError) return [];
    throw error;
  }
}

/** The ids of the keys that are needed but not there, with the number of records that need each. */
async function missingKeys(keys: KeyUse, accounts: readonly AccountId[]): Promise<Map<string, number>> {
  const missing = new Map<string, number>();
  const needed = await mapInTurns(accounts, (account) => keys.vaultKeysOf(account));
  for (const id of needed.flat())
    if (!keys.ids.vault.includes(id)) missing.set(id, (missing.get(id) ?? 0) + 1);
  return missing;
}
