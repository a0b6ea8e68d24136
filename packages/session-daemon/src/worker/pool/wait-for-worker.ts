import type { AuthenticatedCaller } from "../../auth/authenticated-caller.ts";
import type { GrantWorkers } from "./grant-workers.ts";
import type { WorkerWaiter } from "./queued-call.ts";
import type { ReadyWorker } from "./start-worker.ts";

/**
 * The worker of the grant that accepts calls; starts one if there is none. Rejects with CallError, or with the signal's
 * reason.
 */
export async function waitForWorker(
  workers: GrantWorkers,
  caller: AuthenticatedCaller,
  signal: AbortSignal,
): Promise<ReadyWorker> {
  if (workers.accepting !== undefined) return workers.accepting;
  return await new Promise((resolve, reject) => {
    const onAbort = () => {
      workers.stopWaiting(waiter);
      reject(signal.reason as Error);
    };
    const waiter: WorkerWaiter = {
      onReady: (ready) => {
        signal.removeEventListener("abort", onAbort);
        resolve(ready);
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
