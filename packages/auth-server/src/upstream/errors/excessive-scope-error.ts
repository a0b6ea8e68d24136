/** Forgejo granted more than is configured (`all`, admin, or an empty scope): refused. */
export class ScopeTooWideError extends Error {
  override readonly name = "ScopeTooWideError";
}
