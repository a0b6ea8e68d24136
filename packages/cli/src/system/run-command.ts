import { execa } from "execa";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";

interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of the system. Rejects with CommandError only when there is no such program. */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: { input?: string } = {},
): Promise<CommandResult> {
  const result = await execa(file, args, { reject: false, ...options });
  if (result.code === "ENOENT")
    throw new CommandError(
      exitCodes.unavailable,
      `There is no ${file} on this machine.`,
      "The commands that deal with units need systemd.",
    );
  return { exitCode: result.exitCode ?? 1, stdout: result.stdout, stderr: result.stderr };
}
