import { text } from "node:stream/consumers";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { isInteractive } from "./confirm.ts";

/** Asks for a secret on the terminal. Throws CommandError when there is none, or `yes` says to ask nothing. */
export async function askSecret(message: string, { yes }: { readonly yes: boolean }): Promise<string> {
  if (!yes && isInteractive()) {
    const { password } = await import("@inquirer/prompts");
    return password({ message, mask: true, validate: (value) => value !== "" || "It must not be empty" });
  }
  throw new CommandError(
    exitCodes.usage,
    `${message} is not known, and there is no terminal to ask on.`,
    "Give it on standard input with --client-secret-stdin.",
  );
}

/** Reads the one secret that standard input holds. Throws CommandError when it is empty or more than one word. */
export async function secretFromStdin(): Promise<string> {
  const secret = (await text(process.stdin)).trim();
  if (secret !== "" && !/\s/.test(secret)) return secret;
  throw new CommandError(
    exitCodes.usage,
    "Standard input holds no secret, or more than one word.",
    "Give exactly one token or secret on it.",
  );
}
