import type { Command } from "commander";
import { createProgram } from "./command-line.ts";

/** One command, as its help describes it. */
export interface DescribedCommand {
  /** From the program's name on, such as `["fjmcp", "users", "end"]`. */
  readonly path: readonly string[];
  /** How it is called, such as `fjmcp users end [options] <user>`. */
  readonly usage: string;
  readonly description: string;
  /** Such as `-y, --yes`, each with what it does. */
  readonly options: readonly { readonly flags: string; readonly description: string }[];
}

/** Every command with all its options, in the order of the help; the program itself comes first. */
export function describedCommands(): readonly DescribedCommand[] {
  return described(createProgram(), []);
}

function described(command: Command, parents: readonly string[]): DescribedCommand[] {
  const help = command.createHelp();
  const path = [...parents, command.name()];
  const options = help.visibleOptions(command).map((option) => ({
    flags: help.optionTerm(option),
    description: help.optionDescription(option),
  }));
  const own = {
    path,
    usage: [...path, command.usage()].join(" "),
    description: command.description(),
    options,
  };
  return [own, ...command.commands.flatMap((one) => described(one, path))];
}
