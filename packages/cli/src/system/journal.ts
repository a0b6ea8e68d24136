import { createInterface } from "node:readline";
import { execa } from "execa";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";

/** The messages of the journal that `args` of journalctl select, as they come. Throws CommandError at the end if it failed. */
export async function* readJournal(args: readonly string[]): AsyncGenerator<string> {
  const journal = execa("journalctl", ["--output=cat", "--no-pager", ...args], {
    // The current directory may be closed to the user.
    cwd: "/",
    reject: false,
    stdin: "ignore",
    stderr: "inherit",
    buffer: false,
  });
  yield* createInterface({ input: journal.stdout });
  const { exitCode, code } = await journal;
  if (exitCode === 0) return;
  if (code === "ENOENT")
    throw new CommandError(
      exitCodes.unavailable,
      "There is no journalctl on this machine.",
      "The logs are where the daemons' standard output goes; `fjmcp audit --file` reads them.",
    );
  throw new CommandError(
    exitCodes.unavailable,
    "journalctl failed.",
    "Its own message is above. Where it may not read the journal, run the command with sudo, or join the group systemd-journal.",
  );
}
