/** Forgejo granted less than is configured, from an older grant: the user revokes it at Forgejo and signs in again. */
export class InsufficientScopeError extends Error {
  override readonly name = "InsufficientScopeError";
  readonly missing: readonly string[];

  constructor(missing: readonly string[]) {
    super(`Forgejo granted less than is configured; missing: ${missing.join(" ")}`);
    this.missing = missing;
  }
}
