import type { Call, CallSink } from "./worker-pool.ts";

/** A request that was written to a child and has not been answered. */
export class InFlightCall implements Call {
  readonly id: number;
  /** The client's id and progress token, as JSON text. */
  readonly idText: string;
  readonly progressTokenText: string | undefined;
  readonly sink: CallSink;
  readonly deadlineMs: number;
  /** Its answer interests nobody any more. */
  isCancelled = false;
  readonly #cancel: (call: InFlightCall, reason: string | undefined) => void;

  constructor(call: {
    id: number;
    idText: string;
    progressTokenText: string | undefined;
    sink: CallSink;
    deadlineMs: number;
    cancel: (call: InFlightCall, reason: string | undefined) => void;
  }) {
    this.id = call.id;
    this.idText = call.idText;
    this.progressTokenText = call.progressTokenText;
    this.sink = call.sink;
    this.deadlineMs = call.deadlineMs;
    this.#cancel = call.cancel;
  }

  cancel(reason?: string): void {
    if (!this.isCancelled) this.#cancel(this, reason);
  }
}
