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
