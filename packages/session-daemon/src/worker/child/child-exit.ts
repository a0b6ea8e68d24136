import { constants } from "node:os";

/** How a child has ended, or why it counts as ended. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** "exit code 1", "signal SIGKILL", "closed its output", "closed its input", or why it could not be started. */
  readonly how: string;
}

/**
 * The exit of a process. A wrapper such as bwrap reports that its child ended by the signal n with the exit code 128 + n;
 * so does a shell.
 */
export function processExit(
  code: number | null,
  signal: string | null,
  reportsSignalAsExitCode: boolean,
): ChildExit {
  const reported =
    reportsSignalAsExitCode && code !== null && code > 128 ? signalName(code - 128) : undefined;
  if (reported !== undefined) return { code: null, signal: reported, how: `signal ${reported}` };
  return { code, signal, how: signal === null ? `exit code ${code}` : `signal ${signal}` };
}

/** The end of a child whose exit is not known. */
export function endedWithoutExit(how: string): ChildExit {
  return { code: null, signal: null, how };
}

function signalName(number: number): string | undefined {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
}
