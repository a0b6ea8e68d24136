/** The fields of one line of a daemon's log. */
export type LogEntry = Readonly<Record<string, unknown>>;

/** A line of a daemon's log, with or without the journal's priority; undefined for any other, such as systemd's own. */
export function parseLogLine(line: string): LogEntry | undefined {
  try {
    const entry: unknown = JSON.parse(line.replace(/^<\d>/, ""));
    return typeof entry === "object" && entry !== null ? (entry as LogEntry) : undefined;
  } catch {
    return undefined;
  }
}

/** As the daemons log it; a number is in milliseconds since 1970. Empty when there is none. */
export function timeOf({ time }: LogEntry): string {
  if (typeof time === "number") return new Date(time).toISOString();
  return typeof time === "string" ? time : "";
}
