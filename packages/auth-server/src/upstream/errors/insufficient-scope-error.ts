/** Forgejo granted less than is configured (an older grant of the same app): the user revokes it there and retries. */
export class ScopeTooNarrowError extends Error {
  override readonly name = "ScopeTooNarrowError";
  readonly missing: readonly string[];

  constructor(missing: readonly string[]) {
    super(`Forgejo granted less than is configured; missing: ${missing.join(" ")}`);
    this.missing = missing;
  }
}
