/**
 * Every JSON-RPC error code that a client may get from the broker itself (JSON-RPC 2.0 §5.1; −32000…−32099 as the MCP
 * SDKs use them). −32001 stands twice because clients know both uses: the HTTP status tells them apart.
 */
export const errorCodes = {
  /** The body is not JSON, or not UTF-8. */
  parse: -32700,
  /** JSON, but not one valid JSON-RPC message. */
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  /** A fault of the broker, of the auth-server, or of a worker that could not be started. */
  internal: -32603,
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
