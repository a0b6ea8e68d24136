/** The child has responded to a request that the broker made for a client with an error. */
export class ChildRejectionError extends Error {
  /** The JSON-RPC error object, for the client alone. */
  readonly error: object;

  constructor(error: object) {
    super("The child rejected the request");
    this.name = "ChildRejectionError";
    this.error = error;
  }
}
