/** An authorization request was decided meanwhile: in another tab, or by another process. */
export class AlreadyDecidedError extends Error {
  override readonly name = "AlreadyDecidedError";

  constructor() {
    super("The authorization request has been decided before.");
  }
}
