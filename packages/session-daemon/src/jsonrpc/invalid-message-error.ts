/** A client's body that is not an acceptable JSON-RPC message. Answered with HTTP 400 and this error, before any child sees it. */
export class InvalidMessageError extends Error {
  /** −32700 parse error, −32600 invalid request, −32602 invalid params (JSON-RPC 2.0 §5.1). */
  readonly code: -32700 | -32600 | -32602;
  /** The `id` member of the answer, as JSON text: the request's own where it could be told, else `null`. */
  readonly idJson: string;

  constructor(code: -32700 | -32600 | -32602, message: string, idJson = "null") {
    super(message);
    this.name = "InvalidMessageError";
    this.code = code;
    this.idJson = idJson;
  }
}
