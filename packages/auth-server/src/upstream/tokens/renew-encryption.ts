import type { AccountId } from "@fjmcp/shared/ids";
import type { VaultKeys } from "../vault/vault.ts";

/**
 * Encrypts the Forgejo tokens of all accounts with the current vault key, one account after the other, so that no record
 * needs an earlier key. A failure is logged, and the next start continues.
 */
export async function renewEncryption(
  directory: { accounts(): Promise<readonly AccountId[]> },
  vaultKeys: VaultKeys,
  events: { requestFailed(failure: { path: string; error: unknown }): void },
): Promise<void> {
  try {
    for (const account of await directory.accounts()) await vaultKeys.renewEncryption(account);
  } catch (error) {
    events.requestFailed({ path: "renewal of the encryption", error });
  }
}
