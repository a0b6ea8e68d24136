import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { readJournal } from "../system/journal.ts";
import { services } from "../system/units.ts";
import { parseLogLine, timeOf, type LogEntry } from "./log-entry.ts";

interface Period {
  /** In the format of journalctl; for lines from elsewhere in that of `Date`, without a zone in local time. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** The entries that both daemons have written to the journal. */
export async function* journalEntries({ since, until }: Period): AsyncGenerator<LogEntry> {
  const lines = readJournal([
    `--unit=${services.auth}`,
    `--unit=${services.session}`,
    ...(since === undefined ? [] : [`--since=${since}`]),
    ...(until === undefined ? [] : [`--until=${until}`]),
  ]);
  yield* entriesOf(lines);
}

/** The entries of a file of log lines, `-` for standard input. Throws CommandError when it cannot be read. */
export async function* fileEntries(path: string, { since, until }: Period): AsyncGenerator<LogEntry> {
  const from = since === undefined ? Number.NEGATIVE_INFINITY : momentMs("--since", since);
  const to = until === undefined ? Number.POSITIVE_INFINITY : momentMs("--until", until);
  const input = path === "-" ? process.stdin : await openFile(path);
  for await (const entry of entriesOf(createInterface({ input }))) {
    const ms = Date.parse(timeOf(entry));
    const hasNoPeriod = since === undefined && until === undefined;
    if (hasNoPeriod || (ms >= from && ms <= to)) yield entry;
  }
}

async function* entriesOf(lines: AsyncIterable<string>): AsyncGenerator<LogEntry> {
  for await (const line of lines) {
    const entry = parseLogLine(line);
    if (entry !== undefined) yield entry;
  }
}

async function openFile(path: string) {
  try {
    return (await open(path)).createReadStream();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CommandError(
      code === "EACCES" ? exitCodes.noPermission : exitCodes.notFound,
      `${path} cannot be read: ${message}.`,
      "Name a file of log lines, or - for standard input.",
    );
  }
}

function momentMs(option: string, text: string): number {
  const ms = Date.parse(text);
  if (!Number.isNaN(ms)) return ms;
  throw new CommandError(
    exitCodes.usage,
    `${option} cannot be "${text}" with --file.`,
    "Give a date and a time, such as 2026-11-26T12:00:00Z.",
  );
}
