import { maxPersonalTokens } from "./personal-token.ts";

/** The account has as many living personal tokens as it may have; none of them is ended for a new one. */
export class TooManyPersonalTokensError extends Error {
  override readonly name = "TooManyPersonalTokensError";

  constructor() {
    super(`the account has ${maxPersonalTokens} personal tokens; revoke one that is not needed any more`);
  }
}
