import { errorCodes } from "../jsonrpc/error-codes.ts";
import type { CallSink } from "./call.ts";

export interface ChildNotification {
  readonly method: string;
  /** The digits of numbers are kept (`JSON.rawJSON`). */
  readonly params: Readonly<Record<string, unknown>>;
}

/** A request of a child to its client. */
export interface ChildRequest extends ChildNotification {
  /** The child's own id, as JSON text. */
  readonly idJson: string;
}

/** The response, as JSON text, to a child whose client offers nothing to call. */
export const nothingToCall = `"error":{"code":${errorCodes.methodNotFound},"message":"This client offers nothing to call."}`;

/**
 * Receives what a child sends beside responses and progress; a ping gets its response before. `call` is the only call that it
 * can belong to: undefined when the child is busy with several, or with none.
 */
export interface ChildListener {
  onNotification(notification: ChildNotification, call: CallSink | undefined): void;
  /** Must lead to one `Worker.respond`. Absent: the broker rejects every request. */
  onRequest?(request: ChildRequest, call: CallSink | undefined): void;
}
