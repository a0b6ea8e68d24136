import { Option, type Command } from "commander";
import { displayText } from "@fjmcp/shared/display-text";
import { parseLogLine, timeOf, type LogEntry } from "../audit/log-entry.ts";
import { LastEntries } from "../audit/last-entries.ts";
import { readJournal } from "../system/journal.ts";
import { services } from "../system/units.ts";
import { print } from "../terminal/output.ts";
import { accountId, example, jsonOption, positiveNumber } from "./common-options.ts";

const levels = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 } as const;
const maxTextLength = 500;

interface LogOptions {
  readonly unit?: keyof typeof services;
  readonly follow: boolean;
  readonly lines: number;
  readonly since?: string;
  readonly level?: keyof typeof levels;
  readonly event?: string;
  readonly user?: string;
  readonly reference?: string;
  readonly json: boolean;
}

/** `fjmcp logs`. */
export function addLogsCommand(program: Command): void {
  program
    .command("logs")
    .description("what the daemons have logged")
    .addOption(new Option("--unit <unit>", "of one unit only").choices(Object.keys(services)))
    .option("-f, --follow", "go on with what comes", false)
    .option("-n, --lines <number>", "show at most so many of the past lines", positiveNumber, 200)
    .option("--since <time>", "in the format of journalctl: `1 hour ago`, `2026-11-26 12:00`")
    .addOption(new Option("--level <level>", "of this level or a higher one").choices(Object.keys(levels)))
    .option("--event <name>", "of this event, such as `grant.revoked`")
    .option("--user <id>", "of this user, by the id that `fjmcp users` shows", accountId)
    .option("--reference <text>", "the lines with the reference that an error message shows")
    .addOption(jsonOption())
    .addHelpText("after", example("fjmcp logs --unit auth --level warn --since '1 hour ago'"))
    .action(async (options: LogOptions) => {
      const units = options.unit === undefined ? Object.values(services) : [services[options.unit]];
      const since = options.since === undefined ? [] : [`--since=${options.since}`];
      const selection = [...units.map((unit) => `--unit=${unit}`), ...since];
      if (!isFiltered(options)) {
        const follow = options.follow ? ["--follow"] : [];
        return showMatches([`--lines=${options.lines}`, ...selection, ...follow], options);
      }
      const cursor = await showPastMatches(selection, options);
      if (!options.follow) return undefined;
      const after = cursor === undefined ? [] : [`--after-cursor=${cursor}`];
      return showMatches(["--lines=all", ...selection, "--follow", ...after], options);
    });
}

/** Shows the lines that match as they come. */
async function showMatches(args: readonly string[], options: LogOptions): Promise<void> {
  for await (const line of readJournal(args)) {
    const entry = parseLine(line);
    if (matches(entry, options)) show(entry, options);
  }
}

const cursorPrefix = "-- cursor: ";

/** Looks through the whole journal, and shows the last lines that match. Resolves with the cursor of the journal's end. */
async function showPastMatches(
  selection: readonly string[],
  options: LogOptions,
): Promise<string | undefined> {
  const found = new LastEntries(options.lines);
  let cursor: string | undefined;
  for await (const line of readJournal(["--show-cursor", ...selection])) {
    if (line.startsWith(cursorPrefix)) {
      cursor = line.slice(cursorPrefix.length);
      continue;
    }
    const entry = parseLine(line);
    if (matches(entry, options)) found.add(entry);
  }
  for (const entry of found.entries) show(entry, options);
  return cursor;
}

function show(entry: LogEntry, { json }: LogOptions): void {
  print(json ? JSON.stringify(entry) : lineText(entry));
}

function isFiltered({ level, event, user, reference }: LogOptions): boolean {
  return [level, event, user, reference].some((filter) => filter !== undefined);
}

/** A line of a daemon's log; what is none, such as systemd's own lines, becomes the `msg` of one. */
function parseLine(line: string): LogEntry {
  return parseLogLine(line) ?? { msg: line };
}

function matches(entry: LogEntry, { level, event, user, reference }: LogOptions): boolean {
  const references = [entry.reference, ...(Array.isArray(entry.references) ? entry.references : [])];
  return (
    (level === undefined || levelOf(entry) >= levels[level]) &&
    (event === undefined || entry.event === event) &&
    (user === undefined || entry.accountId === user) &&
    (reference === undefined || references.includes(reference))
  );
}

function levelOf({ level }: LogEntry): number {
  if (typeof level === "number") return level;
  return typeof level === "string" && level in levels ? levels[level as keyof typeof levels] : levels.info;
}

/** Time, level, daemon and message, then the other fields. What is no line of a daemon has its message alone. */
function lineText({ time, level, name, msg, ...fields }: LogEntry): string {
  const known =
    level === undefined
      ? undefined
      : Object.keys(levels).find((key) => levels[key as keyof typeof levels] === levelOf({ level }));
  const rest = Object.entries(fields).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const words = [
    timeOf({ time }),
    known?.toUpperCase().padEnd(5) ?? "",
    typeof name === "string" ? `${name}:` : "",
    typeof msg === "string" ? msg : "",
    ...rest,
  ];
  return displayText(words.filter((word) => word !== "").join(" "), maxTextLength);
}
