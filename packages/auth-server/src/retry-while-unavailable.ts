import { setTimeout as sleep } from "node:timers/promises";
import { StoreUnavailableError } from "@fjmcp/shared/redis/store-unavailable-error";

const retryMs = 100;

/**
 * Repeats a write that must not be lost while it rejects with StoreUnavailableError; after `timeoutMs` it rejects with
 * that error. A write may have been applied before its error: it must be idempotent.
 */
export async function retryWhileUnavailable<T>(timeoutMs: number, write: () => Promise<T>): Promise<T> {
  const giveUpAtMs = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || performance.now() >= giveUpAtMs) throw error;
    }
    await sleep(retryMs);
  }
}
