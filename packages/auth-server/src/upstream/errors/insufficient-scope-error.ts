/** Forgejo granted less than is configured (an older grant of the same app): the user revokes it there and retries. */
export class InsufficientScopeError extends Error {
  override readonly name = "InsufficientScopeError";
  readonly missing: readonly string[];

  constructor(missing: readonly string[]) {
    super(`Forgejo granted less than is configured; missing: ${missing.join(" ")}`);
    this.missing = missing;
  }
}
