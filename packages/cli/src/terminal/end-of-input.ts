import { exitCodes } from "../exit-codes.ts";
import { isInteractive } from "./confirm.ts";
import { print } from "./output.ts";

const showCursor = "\u001B[?25h";

/**
 * Cancels the command at Ctrl-D, as at Ctrl-C. The prompt library then leaves its question open, so that nothing is left to
 * wait for: Node would warn of that.
 */
export function cancelAtEndOfInput(): void {
  if (!isInteractive()) return;
  process.once("beforeExit", () => {
    print(showCursor);
    process.exit(exitCodes.cancelled);
  });
}
