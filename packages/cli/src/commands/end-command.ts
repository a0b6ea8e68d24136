import type { Argument, Command } from "commander";
import { print, printJson } from "../terminal/output.ts";
import { jsonOption, withSocket, type SocketOptions } from "./common-options.ts";

export interface EndOptions extends SocketOptions {
  readonly yes: boolean;
  readonly json: boolean;
}

/** Adds `end` with what is to end to `parent`, or another `verb`; the caller adds its action. */
export function endCommand(parent: Command, argument: Argument, description: string, verb = "end"): Command {
  return withSocket(parent.command(verb))
    .description(description)
    .addArgument(argument)
    .option("-y, --yes", "do not ask", false)
    .addOption(jsonOption());
}

/** Reports what has ended, as text or JSON. */
export function reportEnd({ json }: EndOptions, value: object, text: string): void {
  if (json) printJson(value);
  else print(text);
}
