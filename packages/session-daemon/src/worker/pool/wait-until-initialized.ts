import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import type { AuthenticatedCaller } from "../../auth/principal.ts";
import type { GrantWorkers } from "./grant-workers.ts";
import type { WorkerWaiter } from "./queued-call.ts";

/**
 * The `initialize` result of the grant's worker, once that is ready; starts one if there is none. Rejects with CallError, or
 * with the signal's reason.
 */
export function waitUntilInitialized(
  workers: GrantWorkers,
  caller: AuthenticatedCaller,
  signal: AbortSignal,
): Promise<InitializeResult> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      workers.stopWaiting(waiter);
      reject(signal.reason as Error);
    };
    const waiter: WorkerWaiter = {
      onReady: ({ initializeResult }) => {
        signal.removeEventListener("abort", onAbort);
        resolve(initializeResult);
      },
      onFailed: (error) => {
        signal.removeEventListener("abort", onAbort);
        reject(error);
      },
    };
    signal.throwIfAborted();
    signal.addEventListener("abort", onAbort);
    workers.wait(caller, waiter);
  });
}
