import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";

/** Resolves once the administrator has agreed; at once with `yes`. Rejects with CommandError otherwise, with `declined`. */
export async function requireConfirmation(
  question: string,
  yes: boolean,
  declined = "Nothing was ended.",
): Promise<void> {
  if (yes) return;
  if (!isInteractive())
    throw new CommandError(
      exitCodes.usage,
      "This needs a confirmation, and there is no terminal to ask on.",
      "Give --yes.",
    );
  if (!(await confirmed(question))) throw new CommandError(exitCodes.cancelled, declined, "");
}

/** Asks on the terminal; the default is no. */
export async function confirmed(question: string): Promise<boolean> {
  // Loaded only where there is a question: most commands run for less time than it needs to load.
  const { confirm } = await import("@inquirer/prompts");
  return confirm({ message: question, default: false });
}

/** Whether there is a terminal to ask on. */
export function isInteractive(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}
