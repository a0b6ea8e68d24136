import { parseArgs } from "node:util";

/** The exit code of a command line that cannot be understood (sysexits.h). */
export const EX_USAGE = 64;

type Mode = "run" | "check" | "help" | "version";

/** The command line is wrong; the message says how. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What the arguments ask for. Throws UsageError for an unknown option or an argument. */
export function parseMode(args: readonly string[]): Mode {
  const { help, version, check } = parse(args);
  if (help) return "help";
  if (version) return "version";
  return check ? "check" : "run";
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { help: { type: "boolean" }, version: { type: "boolean" }, check: { type: "boolean" } },
    }).values;
  } catch (error) {
    // Node's message goes on with a hint at `--`, which is of no use here.
    throw new UsageError((error as Error).message.split(". ", 1)[0]!.replace(/\.?$/, "."));
  }
}

export function usage(name: string): string {
  return `Usage: ${name} [--check | --version | --help]

Starts the ${name}, configured by the environment variables FJMCP_… (docs/reference/configuration.md).

  --check    looks at the configuration and at what it names (Redis, Forgejo, files), prints a line for each
             finding, changes nothing, and exits with 0, or 78 if there is a fault
  --version  prints the version
  --help     prints this text

Exit codes: 0 stopped, 1 crash, 64 wrong option, 78 faulty configuration.
`;
}
