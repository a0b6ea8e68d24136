import { words } from "@fjmcp/shared/config/words";
import { parseCommandString } from "execa";

/** Variables that a shell does not let others set. One starts the program (docs/adr/0036). */
const shellVariables: ReadonlySet<string> = new Set(
  "BASHOPTS BASH_VERSINFO EUID FUNCNAME GROUPS OPTIND PPID SHELLOPTS UID _".split(" "),
);

/** The program of all workers of a daemon, with its placeholders not yet filled in. */
export interface ChildCommand {
  /** Program and arguments; `{url}` stands for the Forgejo URL. */
  readonly argv: readonly [string, ...string[]];
  /** Beyond the allow-listed environment; `{token}`, `{url}` and `{user_agent}` are filled in. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Reads `FJMCP_CHILD_COMMAND` (a command line, no shell) and `FJMCP_CHILD_ENV` (`NAME=value`, separated by spaces).
 * Throws an Error whose message names the fault.
 */
export function readChildCommand(command: string, env: string): ChildCommand {
  const [file, ...args] = parseCommandString(command);
  if (file === undefined || file === "") throw new Error("the child command is empty");
  if (command.includes("{token}")) {
    throw new Error(
      "{token} belongs in the child's environment: every user of this host can read a command line",
    );
  }
  if (command.includes("{user_agent}")) {
    throw new Error(
      "{user_agent} belongs in the child's environment: the command line is the same for every worker",
    );
  }
  return {
    argv: [file, ...args],
    env: Object.fromEntries(words(env).map(readVariable)),
  };
}

/** Throws as readChildCommand does, and when no value has `{token}`: the child has no other access to Forgejo. */
export function checkChildEnvironment(env: string): void {
  const values = Object.values(readChildCommand("child", env).env);
  if (values.some((value) => value.includes("{token}"))) return;
  throw new Error(
    "must pass {token}, such as FORGEJO_ACCESS_TOKEN={token}: the child has no other access to Forgejo",
  );
}

/** Fills in `{timeout}`: for one call to Forgejo, in whole seconds, rounded up. */
export function withTimeout({ argv, env }: ChildCommand, timeoutSec: number): ChildCommand {
  const fillIn = (text: string) => text.replaceAll("{timeout}", String(Math.ceil(timeoutSec)));
  const [file, ...args] = argv;
  return {
    argv: [file, ...args.map(fillIn)],
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fillIn(value)])),
  };
}

function readVariable(text: string): [name: string, value: string] {
  const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new Error("the child's environment is a list of NAME=value");
  // With one of these forgejo-mcp reads files of this host for any client.
  if (name.startsWith("FORGEJO_MCP_")) throw new Error(`${name} must never reach the child`);
  if (shellVariables.has(name))
    throw new Error(`${name} cannot be set: it is a variable of the shell itself`);
  return [name, value];
}
