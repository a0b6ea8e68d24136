/** A refusal of the token endpoint. Forgejo answers every one with 400, whatever RFC 6749 §5.2 asks for. */
export class TokenError extends Error {
  readonly code: string;

  constructor(code: string, description: string) {
    super(description);
    this.name = "TokenError";
    this.code = code;
  }
}
