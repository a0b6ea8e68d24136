import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { runCommand } from "./run-command.ts";

/**
 * The properties of a unit, by name; of one that does not exist `LoadState` is `not-found`. Throws CommandError when systemd
 * does not say.
 */
export async function showUnit(unit: string, properties: readonly string[]): Promise<Record<string, string>> {
  const { exitCode, stdout, stderr } = await runCommand("systemctl", [
    "show",
    unit,
    "--timestamp=us+utc",
    ...properties.map((name) => `--property=${name}`),
  ]);
  if (exitCode !== 0)
    throw new CommandError(
      exitCodes.unavailable,
      `systemctl show ${unit} failed: ${lastLine(stderr) ?? `exit code ${exitCode}`}.`,
      "The commands that deal with units need a machine that systemd has booted.",
    );
  return Object.fromEntries(
    stdout.split("\n").flatMap((line) => {
      const [name, value] = line.split(/=(.*)/s, 2);
      return name !== undefined && value !== undefined ? [[name, value]] : [];
    }),
  );
}

/** Runs `systemctl`. Throws CommandError when it fails. */
export async function systemctl(...args: string[]): Promise<void> {
  const { exitCode, stderr } = await runCommand("systemctl", args);
  if (exitCode === 0) return;
  const isDenied = /access denied|authentication (is )?required|not authorized/i.test(stderr);
  throw new CommandError(
    isDenied ? exitCodes.noPermission : exitCodes.unavailable,
    `systemctl ${args.join(" ")} failed: ${lastLine(stderr) ?? `exit code ${exitCode}`}`,
    isDenied
      ? "Run the command with sudo, or join the group fjmcp-admin, for which the package polkitd must be installed."
      : "Look at `fjmcp logs` and `systemctl status 'fjmcp*'`.",
  );
}

/** The last line that gives a reason: after it, systemctl may name where to look. */
function lastLine(text: string): string | undefined {
  const lines = text.trim().split("\n");
  return lines.findLast((line) => !line.startsWith("See ")) || undefined;
}

/** A timestamp that `showUnit` has returned, in milliseconds since 1970; undefined when it is not set. */
export function timestampMs(text: string | undefined): number | undefined {
  const [, day, time] = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) UTC/.exec(text ?? "") ?? [];
  return day === undefined ? undefined : Date.parse(`${day}T${time}Z`);
}
