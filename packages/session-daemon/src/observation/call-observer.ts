import type { Hash } from "@fjmcp/shared/ids";
import type { Principal } from "@fjmcp/shared/principal";
import type { ClientRequest } from "../jsonrpc/client-message.ts";
import type { CallError, CallFailure, ResponseOutcome } from "../worker/call.ts";

/**
 * How a request ended: as the child responded; `rejected` by the policy, before it reached a child; `cancelled` by the
 * client; `timeout`; `revoked` with its grant; `failed` for any other reason, which is a CallFailure.
 */
export type CallOutcome = ResponseOutcome | "rejected" | "cancelled" | "timeout" | "revoked" | "failed";

/** One request that is being served. */
export interface ObservedCall {
  /** To be called once. */
  onEnd(outcome: CallOutcome): void;
  /** To be called with the reason of a call without a response of a child. */
  onFailed(failure: CallFailure): void;
}

/** Hears of every request that clients make of a child, for metrics and audit. */
export interface CallObserver {
  /**
   * A request begins; `session` is the hash of its session's id, where its revision of MCP has sessions. Its method is
   * one of those that are forwarded.
   */
  onCall(owner: Principal, session: Hash | undefined, request: ClientRequest): ObservedCall;
}

/** How a request ended whose error the client gets as a JSON-RPC error. */
export function outcomeOfError({ kind, failure }: CallError): CallOutcome {
  if (kind === "rejected") return "rejected";
  return failure === "timeout" ? "timeout" : "failed";
}
