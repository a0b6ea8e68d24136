import { once } from "node:events";
import { execa } from "execa";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";

/** How long another process may hold it. */
const waitSec = 60;
/** The exit code of `flock` when the wait is over. */
const timedOutCode = 75;

/**
 * Runs `action` while no other process holds the lock of this folder (flock(2), by the program of util-linux). The kernel
 * releases it when this process ends, however it does. Throws CommandError when it is not had within a minute.
 */
export async function withFolderLock<Result>(folder: string, action: () => Promise<Result>): Promise<Result> {
  // Holds the lock until its standard input ends: at the latest with this process.
  const holder = execa(
    "flock",
    ["--wait", `${waitSec}`, "--conflict-exit-code", `${timedOutCode}`, folder, "sh", "-c", "echo; exec cat"],
    { reject: false, stdin: "pipe", stdout: "pipe", buffer: { stdout: false } },
  );
  const isHeld = await Promise.race([once(holder.stdout, "data").then(() => true), holder.then(() => false)]);
  try {
    if (isHeld) return await action();
  } finally {
    holder.stdin.end();
    await holder;
  }
  const { exitCode, code } = await holder;
  if (exitCode === timedOutCode)
    throw new CommandError(
      exitCodes.unavailable,
      `Another fjmcp command has held the lock of ${folder} for ${waitSec} s.`,
      "Wait until it has ended, and run this one again.",
    );
  throw new CommandError(
    exitCodes.unavailable,
    `${folder} could not be locked (${code ?? `flock ended with ${exitCode}`}).`,
    "Run the command with sudo; flock belongs to the package util-linux.",
  );
}
