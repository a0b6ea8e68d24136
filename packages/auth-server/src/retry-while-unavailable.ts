import { setTimeout as sleep } from "node:timers/promises";
import { StoreUnavailableError } from "@fjmcp/shared/redis/store-unavailable-error";

const retryMs = 100;

/**
 * Repeats a write that must not be lost while it rejects with StoreUnavailableError, for `patienceMs`; then rejects with
 * that. It may have been done already each time, so it must bear being done twice.
 */
export async function retryWhileUnavailable<T>(patienceMs: number, write: () => Promise<T>): Promise<T> {
  const giveUpAtMs = performance.now() + patienceMs;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || performance.now() >= giveUpAtMs) throw error;
    }
    await sleep(retryMs);
  }
}
