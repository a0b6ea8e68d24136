import type { ClientRequest } from "../../jsonrpc/client-message.ts";
import { progressTokenJson } from "../../jsonrpc/progress-token.ts";
import type { Call, CallSink } from "../call.ts";

/** A request that was written to a child and has not been answered. */
export class InFlightCall implements Call {
  readonly id: number;
  /** The client's id and progress token, as JSON text. */
  readonly idJson: string;
  readonly progressTokenJson: string | undefined;
  readonly sink: CallSink;
  readonly deadlineMs: number;
  /** A client waits for it; false for what the broker asks for itself in passing, and once cancelled. */
  isAwaited: boolean;
  isCancelled = false;
  readonly #cancel: (call: InFlightCall, reason: string | undefined) => void;

  constructor(
    id: number,
    request: ClientRequest,
    sink: CallSink,
    deadlineMs: number,
    isAwaited: boolean,
    cancel: (call: InFlightCall, reason: string | undefined) => void,
  ) {
    this.id = id;
    this.idJson = request.idJson;
    this.progressTokenJson = progressTokenJson(request.params);
    this.sink = sink;
    this.deadlineMs = deadlineMs;
    this.isAwaited = isAwaited;
    this.#cancel = cancel;
  }

  cancel(reason?: string): void {
    if (!this.isCancelled) this.#cancel(this, reason);
  }
}
