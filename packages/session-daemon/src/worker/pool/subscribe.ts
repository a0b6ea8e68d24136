import type { AuthenticatedCaller } from "../../auth/authenticated-caller.ts";
import { isJsonObject } from "../../jsonrpc/lossless-json.ts";
import { parseChildResponse } from "../../jsonrpc/parse-child-json.ts";
import { invalidResponse } from "../calls/call-errors.ts";
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
        const response = parseChildResponse(Buffer.concat(chunks));
        if (response === undefined) reject(invalidResponse());
        else resolve(isJsonObject(response.error) ? response.error : undefined);
      },
      failed: reject,
    });
  });
}
