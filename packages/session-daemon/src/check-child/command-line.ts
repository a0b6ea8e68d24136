import { words } from "@fjmcp/shared/config/words";
import { UsageError } from "@fjmcp/shared/service/command-line";
import { readFileSync } from "node:fs";
import { parseArgs, type ParseArgsConfig } from "node:util";
import { defaultAllowedArguments } from "../policy/denied-arguments.ts";
import { readChildCommand, type ChildCommand } from "../worker/command/child-command.ts";
import { sandboxModes, type SandboxMode } from "../worker/sandbox/sandbox-choice.ts";

export const checkChildUsage = `Usage: pnpm check-child [options] 'COMMAND'

Starts the MCP server COMMAND as the session-daemon would (FJMCP_CHILD_COMMAND), in a sandbox where that works, and prints
which arguments of its tools may name a file.

  --url URL          what {url} stands for
  --env 'A=b C=d'    its environment, as FJMCP_CHILD_ENV
  --token-file FILE  holds what {token} stands for; a server that uses it at its start needs a real one
  --read PATHS       what it may read in the sandbox, as FJMCP_SANDBOX_READ
  --sandbox MODE     auto (default), required or none
  --deny WORDS       as FJMCP_CHILD_DENIED_ARGUMENTS
  --allow WORDS      as FJMCP_CHILD_ALLOWED_ARGUMENTS
  --help             prints this text

Exit codes: 0 every argument that names a file of this machine is denied, 1 one is not, 64 wrong option,
69 the server did not start.
`;

export interface CheckChildRequest {
  readonly child: ChildCommand;
  readonly url: string;
  readonly token: string;
  readonly readPaths: readonly string[];
  readonly sandboxMode: SandboxMode;
  readonly denied: readonly string[];
  readonly allowed: readonly string[];
}

const options = {
  url: { type: "string", default: "http://127.0.0.1:1" },
  env: { type: "string", default: "" },
  "token-file": { type: "string" },
  read: { type: "string", default: "" },
  sandbox: { type: "string", default: "auto" },
  deny: { type: "string", default: "" },
  allow: { type: "string", default: defaultAllowedArguments },
  help: { type: "boolean", default: false },
} as const satisfies ParseArgsConfig["options"];

/** Undefined for `--help`. Throws UsageError. */
export function readCommandLine(args: readonly string[]): CheckChildRequest | undefined {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (values.help) return undefined;
    if (positionals.length !== 1) throw new Error("give the command of the MCP server as one word in quotes");
    const tokenFile = values["token-file"];
    return {
      child: readChildCommand(positionals[0]!, values.env),
      url: values.url,
      token: tokenFile === undefined ? "no-token-was-given" : readFileSync(tokenFile, "utf8").trim(),
      readPaths: values.read.split(":").filter(Boolean),
      sandboxMode: modeOf(values.sandbox),
      denied: words(values.deny),
      allowed: words(values.allow),
    };
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function modeOf(text: string): SandboxMode {
  const mode = sandboxModes.find((each) => each === text);
  if (mode === undefined) throw new Error(`--sandbox must be one of ${sandboxModes.join(", ")}`);
  return mode;
}
