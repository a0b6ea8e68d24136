import type { AccountId } from "@fjmcp/shared/ids";
import type { AuditEvents } from "../../audit-events.ts";
import type { VaultKeys } from "../vault/vault.ts";

/** The accounts that are read and written at once. */
const batchSize = 20;

/**
 * Encrypts the Forgejo tokens of all accounts with the current vault key, so that no record needs an earlier key; does
 * nothing when none can. An account that fails keeps its record and does not hold up the others: their number is logged, and
 * the next start tries again. `signal` ends it after the batch that it is at.
 */
export async function renewEncryption(
  directory: { accounts(): Promise<readonly AccountId[]> },
  vaultKeys: VaultKeys,
  events: Pick<AuditEvents, "requestFailed" | "vaultRenewalFailed">,
  signal: AbortSignal,
): Promise<void> {
  if (!vaultKeys.mayNeedRenewal) return;
  try {
    const accounts = await directory.accounts();
    const failures: unknown[] = [];
    for (let start = 0; start < accounts.length && !signal.aborted; start += batchSize) {
      const batch = accounts.slice(start, start + batchSize);
      const results = await Promise.allSettled(batch.map((account) => vaultKeys.renewEncryption(account)));
      for (const result of results) if (result.status === "rejected") failures.push(result.reason);
    }
    if (failures.length > 0)
      events.vaultRenewalFailed({
        failed: failures.length,
        accounts: accounts.length,
        error: failures[0],
      });
  } catch (error) {
    events.requestFailed({ path: "renewal of the encryption", error });
  }
}
