import type { Hash } from "@fjmcp/shared/ids";

/** How often a browser may type a code that is not pending before it must pause. */
export const maxWrongUserCodes = 5;
/** How long the wrong codes count, from the first. */
export const pauseSec = 600;

/** Bounds guesses of the codes of other users' devices (RFC 8628 §5.1). Rejects with StoreUnavailableError. */
export interface UserCodeAttempts {
  /** Counts an attempt of a browser before it is made; false once it has used all it has, until the pause is over. */
  claim(browser: Hash): Promise<boolean>;
  /** The claimed attempt was right, and does not count. Wrong ones still do: any client can get a right code of its own. */
  giveBack(browser: Hash): Promise<void>;
}
