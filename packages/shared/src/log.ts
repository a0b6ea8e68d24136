import { destination, pino, stdSerializers, type Logger } from "pino";

/** JSON lines on stderr, one object per event. Callers log chosen fields only: no bodies, headers or queries. */
export type Log = Logger;

export const logLevels = ["fatal", "error", "warn", "info", "debug", "trace"] as const;
export type LogLevel = (typeof logLevels)[number];

/** `name` distinguishes the daemons in a common journal. Writes synchronously, so that a crash loses no line. */
export function createLog(name: string, level: LogLevel): Log {
  return pino(
    {
      name,
      level,
      base: { name },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: loggedError },
    },
    destination({ fd: 2, sync: true }),
  );
}

/**
 * The fields of an error that are logged, including its causes' messages. Members that libraries add are dropped: a
 * rejected Redis command carries all its arguments.
 */
export function loggedError(error: Error): { type: string; message: string; stack: string } {
  const { type, message, stack } = stdSerializers.err(error);
  return { type, message, stack };
}
