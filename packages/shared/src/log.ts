import { destination, pino, stdSerializers, type DestinationStream, type Logger } from "pino";
import { withPriority } from "./journal.ts";

/** JSON lines on stderr, one object per event. Callers log chosen fields only: no bodies, headers or queries. */
export type Log = Logger;

export const logLevels = ["fatal", "error", "warn", "info", "debug", "trace"] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * `name` distinguishes the daemons in a common journal. Writes synchronously, so that a crash loses no line. In the
 * journal each line begins with its priority.
 */
export function createLog(name: string, level: LogLevel, options: { toJournal?: boolean } = {}): Log {
  return pino(
    {
      name,
      level,
      base: { name },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: loggedError },
    },
    options.toJournal === true ? journalStream() : stderrStream(),
  );
}

function stderrStream() {
  return destination({ fd: 2, sync: true });
}

/** With this symbol, pino sets `lastLevel` before each write. */
const withMetadata = Symbol.for("pino.metadata");

function journalStream(): DestinationStream {
  const stderr = stderrStream();
  return {
    [withMetadata]: true,
    lastLevel: 0,
    write(line: string) {
      stderr.write(withPriority(line, this.lastLevel));
    },
  } as DestinationStream & { lastLevel: number };
}

/**
 * The fields of an error that are logged, including its causes' messages. Members that libraries add are dropped: a
 * rejected Redis command carries all its arguments. Of anything else that was thrown, only the type is logged.
 */
export function loggedError(error: unknown): { type: string; message?: string; stack?: string } {
  if (!(error instanceof Error)) return { type: typeof error };
  const { type, message, stack } = stdSerializers.err(error);
  return { type, message, stack };
}
