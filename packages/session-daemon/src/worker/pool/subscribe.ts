import type { AuthenticatedCaller } from "../../auth/authenticated-caller.ts";
import type { GrantWorkers } from "./grant-workers.ts";
import type { WorkerWaiter } from "./queued-call.ts";
import type { ReadyWorker } from "./start-worker.ts";

/**
 * Makes the grant's child report changes of a resource, on the worker that accepts calls; see WorkerPool. What it writes to
 * that worker is written before this returns.
 */
export function subscribe(
  workers: GrantWorkers,
  caller: AuthenticatedCaller,
  uri: string,
): Promise<object | undefined> {
  return new Promise((resolve, reject) => {
    const waiter: WorkerWaiter = {
      onReady: ({ subscriptions }: ReadyWorker) => {
        const outcome =
          subscriptions === undefined
            ? requestSubscription(workers, caller, uri)
            : subscriptions.update(uri).then((rejected) => rejected.get(uri));
        outcome.then(resolve, reject);
      },
      onFailed: reject,
    };
    if (workers.accepting === undefined) workers.wait(caller, waiter);
    else waiter.onReady(workers.accepting);
  });
}

/** For a child with sessions. */
function requestSubscription(
  workers: GrantWorkers,
  caller: AuthenticatedCaller,
  uri: string,
): Promise<object | undefined> {
  return new Promise((resolve, reject) => {
    const request = { idJson: "null", method: "resources/subscribe", params: { uri } };
    workers.call(caller, request, {
      notification: () => undefined,
      response: (chunks) => {
        const { error } = JSON.parse(Buffer.concat(chunks).toString()) as { error?: object };
        resolve(error);
      },
      failed: reject,
    });
  });
}
