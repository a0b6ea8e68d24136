import { jsonRpcErrorCodes } from "@fjmcp/shared/jsonrpc-error-codes";

/**
 * Every JSON-RPC error code that a client may get from the broker itself (JSON-RPC 2.0 §5.1; −32000…−32099 as the MCP
 * SDKs use them). −32001 stands twice because clients know both uses: the HTTP status tells them apart.
 */
export const errorCodes = {
  ...jsonRpcErrorCodes,
  /** Any other rejection; the SDKs' code of a closed connection too. */
  serverError: -32000,
  /** No response from the worker in time, with HTTP 200 (the SDKs' `RequestTimeout`). */
  requestTimeout: -32001,
  /** No such session, with HTTP 404 (the SDKs' Streamable HTTP transport). */
  sessionNotFound: -32001,
  /** A header of the request disagrees with its body, is missing or malformed (MCP 2026-07-28, "Server Validation"). */
  headerMismatch: -32020,
  /** The client did not declare a capability that the request needs; `data` names it (MCP 2026-07-28). */
  missingClientCapability: -32021,
  /** The revision is not supported; `data` lists those that are (MCP 2026-07-28). */
  unsupportedVersion: -32022,
} as const;

/** Codes of a child's errors that clients of a revision without sessions do not know. */
export const childErrorCodes = {
  /** "Resource not found" before 2026-07-28. */
  resourceNotFound: -32002,
  /** "URL elicitation required" of 2025-11-25. */
  urlElicitationRequired: -32042,
} as const;

/** Whether only the protocol may define the code, not a server (MCP 2026-07-28, "Error Codes"). */
export function isReservedCode(code: number): boolean {
  return code <= -32020 && code >= -32099;
}
