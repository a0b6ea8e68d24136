import { newErrorReference } from "@fjmcp/shared/error-reference";
import { StartFailedError } from "../calls/call-errors.ts";
import type { WorkerEvents } from "../worker-events.ts";

/** Logs a failed start, and returns the reference of the line in the log. */
export function logFailure(
  events: WorkerEvents,
  how: string,
  err: unknown,
  stderr: readonly string[],
): string {
  const reference = newErrorReference();
  events.startFailed({ reference, how, err, stderr });
  return reference;
}

/** As `logFailure`, and returns the error for the calls. */
export function startFailed(
  events: WorkerEvents,
  how: string,
  isLocalFault: boolean,
  err?: unknown,
  stderr: readonly string[] = [],
): StartFailedError {
  return new StartFailedError(how, logFailure(events, how, err, stderr), isLocalFault);
}
