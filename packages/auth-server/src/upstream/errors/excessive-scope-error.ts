/** Forgejo granted more than is configured (`all`, an admin scope or an empty scope): the tokens are not used. */
export class ExcessiveScopeError extends Error {
  override readonly name = "ExcessiveScopeError";
}
