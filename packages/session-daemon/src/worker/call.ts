import type { Hash } from "@fjmcp/shared/ids";

/** Receives the messages of one call. Nothing follows after `response` or `failed`. */
export interface CallSink {
  /** The MCP session of the call, on whose own worker it runs where sessions have one; none for a stateless request. */
  readonly session?: Hash | undefined;
  /** One whole JSON-RPC message without a line end, with the client's own progress token. */
  notification(message: Buffer): void;
  /**
   * Another message of the child, whole and without a line end, that belongs to this call. False when it cannot reach
   * the client with this call; absent when none can.
   */
  related?(message: Buffer): boolean;
  /** The parts of one whole JSON-RPC response without a line end, with the client's own id. */
  response(parts: readonly Buffer[]): void;
  failed(error: CallError): void;
}

export interface Call {
  /** Notifies the child and drops what it sends later; the slot stays taken until the child responds or times out. */
  cancel(reason?: string): void;
}

/** The lists of an MCP server that can change (MCP 2025-11-25, `notifications/…/list_changed`). */
export type ListKind = "tools" | "resources" | "prompts";

type CallErrorKind = "token_rejected" | "failed";

/** A call without a response from a child. `message` is for the client; the cause and the reference are in the log. */
export class CallError extends Error {
  /** `token_rejected`: HTTP 401 `invalid_token`; `failed`: a JSON-RPC error with `code`. */
  readonly kind: CallErrorKind;
  /** JSON-RPC error code. */
  readonly code: number;

  constructor(kind: CallErrorKind, code: number, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "CallError";
    this.kind = kind;
    this.code = code;
  }
}
