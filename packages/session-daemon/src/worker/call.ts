import type { Hash } from "@fjmcp/shared/ids";
import type { McpLogLevel } from "@fjmcp/shared/mcp-log-level";

/** The client's side of one call: receives its messages. Nothing follows after `response` or `failed`. */
export interface CallSink {
  /** The MCP session of the call, on whose own worker it runs where sessions have one; none for a stateless request. */
  readonly session?: Hash | undefined;
  /**
   * The least severe level of log messages that the client wants, which a child without sessions gets with each request; none
   * when undefined.
   */
  readonly logLevel?: McpLogLevel | undefined;
  /** One whole JSON-RPC message without a line end, with the client's own progress token. */
  notification(message: Buffer): void;
  /**
   * Another message of the child, whole and without a line end, that belongs to this call. False when it cannot reach
   * the client with this call, which has disconnected or accepts no events; of a request also when the client reads too
   * slowly to get it now. Absent when none can.
   */
  related?(message: Buffer, kind: "notification" | "request"): boolean;
  /** The chunks of one whole JSON-RPC response without a line end, with the client's own id. */
  response(chunks: readonly Buffer[], outcome: ResponseOutcome): void;
  failed(error: CallError): void;
}

/** `tool_error`: a result with `isError` (MCP, "Tools"), found by its bytes alone. `rpc_error`: a JSON-RPC error. */
export type ResponseOutcome = "ok" | "tool_error" | "rpc_error";

export interface Call {
  /** Notifies the child and drops what it sends later; the slot stays taken until the child responds or times out. */
  cancel(reason?: string): void;
}

/** Whether a call that has waited may still be sent to a child: resolves with the error if not. Never rejects. */
export type Recheck = () => Promise<CallError | undefined>;

/** The lists of an MCP server that can change (MCP 2025-11-25, `notifications/…/list_changed`). */
export const listKinds = ["tools", "resources", "prompts"] as const;
export type ListKind = (typeof listKinds)[number];

type CallErrorKind = "token_rejected" | "rejected" | "failed";

/** Why a call got no response from a child, for metrics and audit. */
export const callFailures = [
  "token_rejected",
  "account_blocked",
  "upstream_unavailable",
  "limit_reached",
  "start_failed",
  "worker_exited",
  "out_of_memory",
  "response_too_large",
  "timeout",
  "terminated",
  "other",
] as const;
export type CallFailure = (typeof callFailures)[number];

/** A call without a response from a child. `message` is for the client; the cause and the reference are in the log. */
export class CallError extends Error {
  /**
   * `token_rejected`: HTTP 401 `invalid_token`; `rejected` by the tool policy and `failed` for any other reason: a JSON-RPC
   * error with `code`.
   */
  readonly kind: CallErrorKind;
  /** JSON-RPC error code. */
  readonly code: number;
  readonly failure: CallFailure;

  constructor(
    kind: CallErrorKind,
    code: number,
    message: string,
    options: { cause?: unknown; failure?: CallFailure } = {},
  ) {
    super(message, options);
    this.failure = options.failure ?? (kind === "token_rejected" ? kind : "other");
    this.name = "CallError";
    this.kind = kind;
    this.code = code;
  }
}
