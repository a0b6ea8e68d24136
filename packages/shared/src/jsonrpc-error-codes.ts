/** The codes of JSON-RPC 2.0 itself (§5.1). */
export const jsonRpcErrorCodes = {
  /** The body is not JSON, or not UTF-8. */
  parse: -32700,
  /** JSON, but not one valid JSON-RPC message. */
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  /** A fault of the broker, of one of its daemons, or of a worker that could not be started. */
  internal: -32603,
} as const;
