import { IpcUnavailableError } from "@fjmcp/shared/ipc/ipc-client";
import { ZodError } from "zod";

/** Why a call of the session-daemon failed, for the log: the message, with that of the cause, as in `… (status 503)`. */
export function sessionDaemonFailure(error: unknown): string {
  const { message, cause } = error as Error;
  // A ZodError's message is a list over several lines.
  const isReason =
    error instanceof IpcUnavailableError && cause instanceof Error && !(cause instanceof ZodError);
  return isReason ? `${message} (${cause.message})` : message;
}
