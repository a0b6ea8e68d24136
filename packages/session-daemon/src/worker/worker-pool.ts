import type { GrantId } from "@fjmcp/shared/ids";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import type { AuthenticatedCaller, Principal } from "../auth/principal.ts";
import type { ClientRequest } from "../jsonrpc/client-message.ts";

/** Where the messages of one call go. After `response` or `failed` nothing more comes. */
export interface CallSink {
  /** One whole JSON-RPC message without a line end, with the client's own progress token. */
  notification(message: Buffer): void;
  /** The parts of one whole JSON-RPC response without a line end, with the client's own id. */
  response(parts: readonly Buffer[]): void;
  failed(error: CallError): void;
}

export interface Call {
  /** Tells the child and drops what comes later; the slot stays taken until the child answers or times out. */
  cancel(reason?: string): void;
}

export type ListKind = "tools" | "resources" | "prompts";

/** The workers of all grants on this host. */
export interface WorkerPool {
  /**
   * What the child said at `initialize`, less what is not bridged. Starts a worker when none of this grant ever
   * answered; else costs nothing. Rejects with CallError.
   */
  initializeResult(caller: AuthenticatedCaller, signal: AbortSignal): Promise<InitializeResult>;
  /** Runs a request on a worker of the caller's grant; failures arrive at the sink. Never sent to a child twice. */
  call(caller: AuthenticatedCaller, request: ClientRequest, sink: CallSink): Call;
  /** Ends the workers of all grants that match; resolves with their number once their process groups are gone. */
  end(matches: (owner: Principal) => boolean): Promise<number>;
  /** The grants that have a live worker. */
  liveGrants(): readonly GrantId[];
  counts(): { live: number; idle: number; waiting: number };
  /** Drains calls in flight within the drain timeout, then ends every worker. */
  stop(): Promise<void>;
}

/** Told by the pool when a child's list changed, at most once per real change. */
export type ListChangedListener = (grantId: GrantId, kind: ListKind) => void;

/** A call that got no answer from a child. `message` is for the client; the cause and reference stand in the log. */
export class CallError extends Error {
  /** `token_refused`: HTTP 401 `invalid_token`; every other: a JSON-RPC error with `code`. */
  readonly kind: "token_refused" | "failed";
  /** JSON-RPC error code. */
  readonly code: number;

  constructor(
    kind: "token_refused" | "failed",
    code: number,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = "CallError";
    this.kind = kind;
    this.code = code;
  }
}
