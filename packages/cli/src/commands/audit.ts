import { InvalidArgumentError, type Command } from "commander";
import { displayText } from "@fjmcp/shared/display-text";
import { createAuditFilter, isAuditEvent } from "../audit/audit-filter.ts";
import { timeOf, type LogEntry } from "../audit/log-entry.ts";
import { LastEntries } from "../audit/last-entries.ts";
import { fileEntries, journalEntries } from "../audit/log-lines.ts";
import { print } from "../terminal/output.ts";
import { formatTable } from "../terminal/table.ts";
import { accountId, example, jsonOption, positiveNumber } from "./common-options.ts";

const maxTextLength = 300;
const defaultLines = 200;

interface AuditOptions {
  readonly user?: string;
  readonly client?: string;
  readonly event: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly file?: string;
  readonly lines?: number;
  readonly json: boolean;
}

/** `fjmcp audit`. */
export function addAuditCommand(program: Command): void {
  program
    .command("audit")
    .description("what users, clients and administrators did, from the journal or a file of log lines")
    .option("--user <id>", "of this user, by the id that `fjmcp users` shows", accountId)
    .option("--client <ref>", "of this client, by the reference that `fjmcp clients` shows")
    .option("--event <name...>", "of these events, such as `grant.revoked` or `login.*`", eventNames, [])
    .option("--since <time>", "in the format of journalctl: `2 days ago`, `2026-11-26 12:00`")
    .option("--until <time>", "in the same format")
    .option("--file <path>", "look through this file of log lines, `-` for standard input")
    .option(
      "-n, --lines <number>",
      `show only so many, the last ones; ${defaultLines} in a table`,
      positiveNumber,
    )
    .addOption(jsonOption())
    .addHelpText(
      "after",
      example("fjmcp audit --user 7 --event 'login.*' grant.revoked --since '2 days ago'"),
    )
    .action(async ({ user, client, event, file, lines, json, ...period }: AuditOptions) => {
      const entries = file === undefined ? journalEntries(period) : fileEntries(file, period);
      const selected = selectedFrom(entries, createAuditFilter({ user, clientRef: client, events: event }));
      if (json && lines === undefined) {
        for await (const entry of selected) print(JSON.stringify(entry));
        return;
      }
      const last = new LastEntries(lines ?? defaultLines);
      for await (const entry of selected) last.add(entry);

      if (json) for (const entry of last.entries) print(JSON.stringify(entry));
      else
        print(last.entries.length === 0 ? "There are no such events." : formatTable(last.entries, columns));
    });
}

async function* selectedFrom(
  entries: AsyncIterable<LogEntry>,
  isSelected: (entry: LogEntry) => boolean,
): AsyncGenerator<LogEntry> {
  for await (const entry of entries) if (isSelected(entry)) yield entry;
}

/** Columns of their own. */
const shown = new Set(["level", "name", "msg", "time", "event", "accountId", "clientRef"]);

const columns = [
  { title: "TIME", text: timeCell },
  { title: "EVENT", text: ({ event }: LogEntry) => cell(event) },
  { title: "USER", text: ({ accountId }: LogEntry) => cell(accountId) },
  { title: "CLIENT", text: ({ clientRef }: LogEntry) => cell(clientRef) },
  { title: "DETAILS", text: details },
];

/** To the second; what is no valid time as it is. */
function timeCell(entry: LogEntry): string {
  const time = timeOf(entry).slice(0, 19).replace("T", " ");
  return time || cell(typeof entry.time === "number" ? String(entry.time) : entry.time);
}

function cell(value: unknown): string {
  return displayText(value, maxTextLength) || "-";
}

function details(entry: LogEntry): string {
  const others = Object.entries(entry).filter(([name]) => !shown.has(name));
  const text = others.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(" ");
  return displayText(text, maxTextLength);
}

/** Collects the values of the option. */
function eventNames(name: string, before: readonly string[]): string[] {
  if (isAuditEvent(name)) return [...before, name];
  throw new InvalidArgumentError("It is no audit event; docs/reference/log-events.md has them.");
}
