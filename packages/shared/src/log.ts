import { destination, pino, stdSerializers, type Logger } from "pino";

/** JSON lines on stderr, one object an event. What goes in is chosen field by field: no bodies, headers or queries. */
export type Log = Logger;

export const logLevels = ["fatal", "error", "warn", "info", "debug", "trace"] as const;
export type LogLevel = (typeof logLevels)[number];

/** `name` tells the daemons apart in a common journal. Written synchronously, so that a crash loses no line. */
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
 * What the log holds of an error, its causes' messages included. None of the members that libraries hang on theirs: a
 * refused Redis command comes with all its arguments.
 */
export function loggedError(error: Error): { type: string; message: string; stack: string } {
  const { type, message, stack } = stdSerializers.err(error);
  return { type, message, stack };
}
