/** An error of the token endpoint (RFC 6749 §5.2). Its status is always 400. */
export class TokenError extends Error {
  readonly code: string;

  constructor(code: string, description: string) {
    super(description);
    this.name = "TokenError";
    this.code = code;
  }
}
