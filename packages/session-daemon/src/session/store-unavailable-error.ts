/** The store of tokens and sessions did not answer in time. Nothing is lost: the request may be sent again. */
export class StoreUnavailableError extends Error {
  constructor(options?: { cause?: unknown }) {
    super("The store of tokens and sessions does not answer", options);
    this.name = "StoreUnavailableError";
  }
}
