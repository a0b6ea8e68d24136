import { maxPersonalTokens } from "./personal-token.ts";

/** The account has as many living personal tokens as it may have, none of which is ended for a new one; or a limit is reached. */
export class TooManyPersonalTokensError extends Error {
  override readonly name = "TooManyPersonalTokensError";

  /** When the account may make the next one; undefined when it must revoke one before. */
  readonly waitSec: number | undefined;

  constructor(waitSec?: number) {
    super(
      waitSec === undefined
        ? `the account has ${maxPersonalTokens} personal tokens; revoke one that is not needed any more`
        : `the account has made too many personal tokens in the last minute; try again in ${waitSec} seconds`,
    );
    this.waitSec = waitSec;
  }
}
