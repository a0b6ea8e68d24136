import { jsonOf } from "@fjmcp/shared/json-of";

/** The fields of one line of a daemon's log. */
export type LogEntry = Readonly<Record<string, unknown>>;

/** A line of a daemon's log, with or without the journal's priority; undefined for any other, such as systemd's own. */
export function parseLogLine(line: string): LogEntry | undefined {
  const entry = jsonOf(line.replace(/^<\d>/, ""));
  return typeof entry === "object" && entry !== null ? (entry as LogEntry) : undefined;
}

/** In ISO 8601; the log has that or milliseconds since 1970. Empty when it has no valid time. */
export function timeOf({ time }: LogEntry): string {
  if (typeof time !== "number" && typeof time !== "string") return "";
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
