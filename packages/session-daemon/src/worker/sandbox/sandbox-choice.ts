import { execa } from "execa";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { bubblewrapCommand, seccompInput } from "./bubblewrap-command.ts";
import { programFiles } from "./program-files.ts";
import { withLimits } from "./process-limits.ts";

export const sandboxModes = ["auto", "required", "none"] as const;
/** `auto`: bubblewrap where it works. `required`: bubblewrap, or the daemon does not start. */
export type SandboxMode = (typeof sandboxModes)[number];

/** What surrounds the workers of this daemon, and why. */
export type SandboxChoice =
  | { readonly kind: "bubblewrap"; readonly bwrap: string; readonly reason: string }
  | { readonly kind: "none"; readonly reason: string };

interface SandboxRequest {
  readonly mode: SandboxMode;
  /** The child's program; undefined when there is none. */
  readonly program: string | undefined;
  readonly readPaths: readonly string[];
  /** Where bwrap is searched: the daemon's own PATH. */
  readonly bwrapPath: string | undefined;
  /** Where the program's interpreter is searched: the child's PATH. */
  readonly path: string | undefined;
}

const probeTimeoutMs = 5_000;
const withoutFilter =
  seccompInput.length === 0 ? `, without a filter of system calls, as there is none for ${process.arch}` : "";
/** Generous: the probe is not about memory. */
const probeLimits = { memoryMiB: 1024 };

/** Runs a trivial program in the sandbox that a worker would get, and says what the workers can have. */
export async function chooseSandbox(request: SandboxRequest): Promise<SandboxChoice> {
  if (request.mode === "none") return { kind: "none", reason: "FJMCP_SANDBOX is none" };
  const bwrap = findExecutable("bwrap", request.bwrapPath);
  if (bwrap === undefined) return { kind: "none", reason: "bubblewrap is not installed: no bwrap on PATH" };
  const failure = await probe(bwrap, request);
  return failure === undefined
    ? { kind: "bubblewrap", bwrap, reason: `${bwrap} works${withoutFilter}` }
    : { kind: "none", reason: `${bwrap} does not work here: ${failure}` };
}

/** Undefined when it works. */
async function probe(
  bwrap: string,
  { program, readPaths, path }: SandboxRequest,
): Promise<string | undefined> {
  const files = program === undefined ? [] : programFiles(program, path);
  const wrapper = bubblewrapCommand({ bwrap, programFiles: files, readPaths });
  const [file = "", ...args] = withLimits([...wrapper, "/usr/bin/true"], probeLimits, undefined);
  const result = await execa(file, args, {
    env: {},
    extendEnv: false,
    cwd: "/",
    stdio: ["pipe", "ignore", "pipe", ...seccompInput],
    // No variables.
    input: "\n",
    timeout: probeTimeoutMs,
    killSignal: "SIGKILL",
    reject: false,
  });
  if (!result.failed) return undefined;
  if (result.timedOut) return `it does not end within ${probeTimeoutMs / 1000} s`;
  return result.stderr.trim().split("\n").at(-1) || `exit code ${result.exitCode}`;
}
