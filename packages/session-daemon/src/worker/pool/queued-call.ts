import type { ClientRequest } from "../../jsonrpc/client-message.ts";
import type { Call, CallError, CallSink } from "../call.ts";
import type { ReadyWorker } from "./start-worker.ts";

/** Waits for a worker of a grant. One of the two is called, once. */
export interface WorkerWaiter {
  onReady(worker: ReadyWorker): void;
  onFailed(error: CallError): void;
}

/** A call that was not sent to a child yet. */
export class QueuedCall implements WorkerWaiter, Call {
  readonly #request: ClientRequest;
  readonly #sink: CallSink;
  readonly #onCancel: (waiter: WorkerWaiter) => void;
  #call: Call | undefined;

  /** `onCancel` must remove it from the queue. */
  constructor(request: ClientRequest, sink: CallSink, onCancel: (waiter: WorkerWaiter) => void) {
    this.#request = request;
    this.#sink = sink;
    this.#onCancel = onCancel;
  }

  onReady({ worker }: ReadyWorker): void {
    this.#call = worker.call(this.#request, this.#sink);
  }

  onFailed(error: CallError): void {
    this.#sink.failed(error);
  }

  cancel(reason?: string): void {
    if (this.#call === undefined) this.#onCancel(this);
    else this.#call.cancel(reason);
  }
}
