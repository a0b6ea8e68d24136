import type { ClientRequest } from "../../jsonrpc/client-message.ts";
import type { Call, CallError, CallSink } from "../call.ts";
import type { ReadyWorker } from "./start-worker.ts";

/** Waits for a worker of a grant. One of the two is called, once. */
export interface WorkerWaiter {
  onReady(worker: ReadyWorker): void;
  onFailed(error: CallError): void;
}

/** The queue of a call. */
export interface CallQueue {
  /** Must remove the call. */
  onCancel(waiter: WorkerWaiter): void;
  /** The call has left the queue, with or without a worker. */
  onWaited(seconds: number): void;
}

/** A call that was not sent to a child yet. */
export class QueuedCall implements WorkerWaiter, Call {
  readonly #request: ClientRequest;
  readonly #sink: CallSink;
  readonly #queue: CallQueue;
  readonly #queuedAtMs = performance.now();
  #call: Call | undefined;

  constructor(request: ClientRequest, sink: CallSink, queue: CallQueue) {
    this.#request = request;
    this.#sink = sink;
    this.#queue = queue;
  }

  onReady({ worker }: ReadyWorker): void {
    this.#reportWait();
    this.#call = worker.call(this.#request, this.#sink);
  }

  onFailed(error: CallError): void {
    this.#reportWait();
    this.#sink.failed(error);
  }

  cancel(reason?: string): void {
    if (this.#call === undefined) this.#queue.onCancel(this);
    else this.#call.cancel(reason);
  }

  #reportWait(): void {
    this.#queue.onWaited((performance.now() - this.#queuedAtMs) / 1000);
  }
}
