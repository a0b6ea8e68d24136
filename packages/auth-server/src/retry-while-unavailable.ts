import { setTimeout as sleep } from "node:timers/promises";
import { StorageUnavailableError } from "@fjmcp/shared/redis/store-unavailable-error";

const retryMs = 100;

/**
 * Repeats a write that must not be lost while it rejects with StorageUnavailableError, for `patienceMs`; then rejects with
 * that. It may have been done already each time, so it must bear being done twice.
 */
export async function retryStorage<T>(patienceMs: number, write: () => Promise<T>): Promise<T> {
  const giveUpAtMs = performance.now() + patienceMs;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof StorageUnavailableError) || performance.now() >= giveUpAtMs) throw error;
    }
    await sleep(retryMs);
  }
}
