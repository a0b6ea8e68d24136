/**
 * Forgejo rejected an authorization code that it has just issued, or the tokens issued for it: a concurrent exchange or
 * refresh increased the grant's counter meanwhile, or the grant was revoked. Forgejo's authorize endpoint issues another.
 */
export class CodeRejectedError extends Error {
  override readonly name = "CodeRejectedError";
}
