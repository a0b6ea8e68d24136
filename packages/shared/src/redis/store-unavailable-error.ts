/** Redis can not be reached, is loading, or does not answer in time. Nothing is known to be lost: try again. */
export class StorageUnavailableError extends Error {
  override readonly name = "StorageUnavailableError";

  constructor(options: { cause: unknown }) {
    super("Redis does not answer", options);
  }
}
