import { execa } from "execa";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";

/** How long a program of the system may run: systemd gives a daemon up to 70 s to end. */
const timeoutMs = 120_000;

interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program of the system in the root directory: the current one may be closed to the user. Rejects with CommandError
 * only when there is no such program, or it does not end in time.
 */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: { input?: string } = {},
): Promise<CommandResult> {
  const result = await execa(file, args, { cwd: "/", reject: false, timeout: timeoutMs, ...options });
  if (result.code === "ENOENT")
    throw new CommandError(
      exitCodes.unavailable,
      `There is no ${file} on this machine.`,
      "The commands that deal with units need systemd.",
    );
  if (result.timedOut)
    throw new CommandError(
      exitCodes.unavailable,
      `${[file, ...args].join(" ")} has not ended within ${timeoutMs / 1000} s.`,
      "Look at `fjmcp logs` and `systemctl list-jobs`.",
    );
  return { exitCode: result.exitCode ?? 1, stdout: result.stdout, stderr: result.stderr };
}
