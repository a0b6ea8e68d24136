import type { ClientRequest } from "../../jsonrpc/client-message.ts";
import type { Call, CallError, CallSink, Recheck } from "../call.ts";
import type { ReadyWorker } from "./start-worker.ts";

/** Waits for a worker of a grant. One of the two is called, once. */
export interface WorkerWaiter {
  onReady(worker: ReadyWorker): void;
  onFailed(error: CallError): void;
  /** Called before `onReady`. */
  readonly recheck?: Recheck | undefined;
}

/** The queue of a call. */
interface CallQueue {
  /** Must remove the call. */
  onCancel(waiter: WorkerWaiter): void;
  /** The call has left the queue, with or without a worker. */
  onWaited(seconds: number): void;
  /** Called before the call leaves the queue for a worker. */
  readonly recheck?: Recheck | undefined;
}

/** A call that was not sent to a child yet. */
export class QueuedCall implements WorkerWaiter, Call {
  readonly #request: ClientRequest;
  readonly #sink: CallSink;
  readonly #queue: CallQueue;
  readonly #queuedAtMs = performance.now();
  readonly recheck: Recheck | undefined;
  #call: Call | undefined;

  constructor(request: ClientRequest, sink: CallSink, queue: CallQueue) {
    this.#request = request;
    this.#sink = sink;
    this.#queue = queue;
    this.recheck = queue.recheck;
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
