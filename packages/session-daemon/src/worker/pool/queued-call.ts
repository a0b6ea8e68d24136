import type { ClientRequest } from "../../jsonrpc/client-message.ts";
import type { ReadyWorker } from "./start-worker.ts";
import type { Call, CallError, CallSink } from "../call.ts";

/** Whoever waits for a worker of a grant; told once. */
export interface WorkerWaiter {
  ready(worker: ReadyWorker): void;
  failed(error: CallError): void;
}

/** A call that no child has seen yet. */
export class QueuedCall implements WorkerWaiter, Call {
  readonly #request: ClientRequest;
  readonly #sink: CallSink;
  readonly #forget: (waiting: WorkerWaiter) => void;
  #placed: Call | undefined;

  /** `forget` takes it out of the queue. */
  constructor(request: ClientRequest, sink: CallSink, forget: (waiting: WorkerWaiter) => void) {
    this.#request = request;
    this.#sink = sink;
    this.#forget = forget;
  }

  ready({ worker }: ReadyWorker): void {
    this.#placed = worker.call(this.#request, this.#sink);
  }

  failed(error: CallError): void {
    this.#sink.failed(error);
  }

  cancel(reason?: string): void {
    if (this.#placed === undefined) this.#forget(this);
    else this.#placed.cancel(reason);
  }
}
