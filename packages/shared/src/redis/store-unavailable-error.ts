/** Redis is unreachable, loading or did not reply in time. A write may have been applied; try again. */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";

  constructor(options: { cause: unknown }) {
    super("Redis does not respond", options);
  }
}
