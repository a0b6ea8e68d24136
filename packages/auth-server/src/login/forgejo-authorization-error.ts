/** Forgejo redirected back with an `error` (RFC 6749 §4.1.2.1), which is `code` here, or without a code (`no_code`). */
export class ForgejoAuthorizationError extends Error {
  override readonly name = "ForgejoAuthorizationError";
  readonly code: string;

  constructor(code: string | undefined) {
    super("Forgejo redirected back without a code");
    this.code = code ?? "no_code";
  }
}
