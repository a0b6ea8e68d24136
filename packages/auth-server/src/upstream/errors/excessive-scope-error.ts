/** Forgejo granted more than is configured (`all`, admin, or an empty scope): refused. */
export class ExcessiveScopeError extends Error {
  override readonly name = "ExcessiveScopeError";
}
