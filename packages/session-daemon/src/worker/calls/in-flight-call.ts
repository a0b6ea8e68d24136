import type { ClientRequest } from "../../jsonrpc/client-message.ts";
import { progressTokenJson } from "../../jsonrpc/progress-token.ts";
import type { Call, CallSink } from "../call.ts";

/** A request to a child that has no response yet. */
export class InFlightCall implements Call {
  readonly id: number;
  /** The client's id and progress token, as JSON text. */
  readonly idJson: string;
  readonly progressTokenJson: string | undefined;
  readonly sink: CallSink;
  /** On the clock of `performance.now()`. */
  readonly deadlineMs: number;
  /** A client waits for it; false for the broker's own requests, and once cancelled. */
  isAwaited: boolean;
  isCancelled = false;
  readonly #onCancel: (call: InFlightCall, reason: string | undefined) => void;

  /** `onCancel` is called at most once. */
  constructor(
    id: number,
    request: ClientRequest,
    sink: CallSink,
    deadlineMs: number,
    isAwaited: boolean,
    onCancel: (call: InFlightCall, reason: string | undefined) => void,
  ) {
    this.id = id;
    this.idJson = request.idJson;
    this.progressTokenJson = progressTokenJson(request.params);
    this.sink = sink;
    this.deadlineMs = deadlineMs;
    this.isAwaited = isAwaited;
    this.#onCancel = onCancel;
  }

  cancel(reason?: string): void {
    if (!this.isCancelled) this.#onCancel(this, reason);
  }
}
