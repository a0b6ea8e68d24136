import type { Command } from "commander";
import { print, printJson } from "../terminal/output.ts";
import { jsonOption, withSocket, type SocketOptions } from "./common-options.ts";

export interface EndOptions extends SocketOptions {
  readonly yes: boolean;
  readonly json: boolean;
}

/** Adds `end <what>` to `parent`, or another `verb`; the caller adds its action. */
export function endCommand(parent: Command, argument: string, description: string, verb = "end"): Command {
  return withSocket(parent.command(verb))
    .description(description)
    .argument(argument)
    .option("-y, --yes", "do not ask", false)
    .addOption(jsonOption());
}

/** Reports what has ended, as text or JSON. */
export function reportEnd({ json }: EndOptions, value: object, text: string): void {
  if (json) printJson(value);
  else print(text);
}
