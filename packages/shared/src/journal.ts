import { fstatSync } from "node:fs";

/** Severities of syslog (RFC 5424 §6.2.1) for pino's levels. */
const severities: Readonly<Record<number, number>> = { 10: 7, 20: 7, 30: 6, 40: 4, 50: 3, 60: 2 };

/** Whether the descriptor is connected to the journal (`JOURNAL_STREAM` of systemd.exec(5)). */
export function isJournal(env: Readonly<Record<string, string | undefined>>, fd: number): boolean {
  if (env.JOURNAL_STREAM === undefined) return false;
  const { dev, ino } = fstatSync(fd);
  return env.JOURNAL_STREAM === `${dev}:${ino}`;
}

/** A line with the priority that the journal reads from its start (`SyslogLevelPrefix=` of systemd.exec(5)). */
export function withPriority(line: string, level: number): string {
  return `<${severities[level]}>${line}`;
}
