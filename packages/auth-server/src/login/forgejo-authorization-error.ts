/** Forgejo sent the browser back with an `error` (RFC 6749 §4.1.2.1), or with no code at all. */
export class ForgejoAuthorizationError extends Error {
  override readonly name = "ForgejoAuthorizationError";
  readonly code: string;

  constructor(code: string | undefined) {
    super("Forgejo answered without a code");
    this.code = code ?? "no_code";
  }
}
