import { errorCodes } from "../../jsonrpc/error-codes.ts";
import { CallError } from "../call.ts";

export function tokenRejected(): CallError {
  return new CallError(
    "token_rejected",
    errorCodes.internal,
    "The connection to Forgejo has ended. Please connect again.",
  );
}

export function upstreamUnavailable(retryAfterSec: number, cause?: unknown): CallError {
  return new CallError(
    "failed",
    errorCodes.internal,
    `Your Forgejo login cannot be checked just now. Nothing was lost; try again in ${retryAfterSec} s.`,
    { cause },
  );
}

/** `message` is Forgejo's own sentence. */
export function accountSuspended(message: string): CallError {
  return new CallError(
    "failed",
    errorCodes.internal,
    `Forgejo does not serve your account at the moment. Nothing was done. Forgejo says: ${message}`,
  );
}

export function brokerMisconfigured(): CallError {
  return new CallError(
    "failed",
    errorCodes.internal,
    "Forgejo rejects this service: its OAuth application was changed or deleted there. Nothing was done. Tell the administrator: only they can mend it, logging in again does not help.",
  );
}

export function allWorkersBusy(): CallError {
  return new CallError(
    "failed",
    errorCodes.internal,
    "The limit of server programs that run at once is reached, and all are busy. Nothing was done; try again in a moment.",
  );
}

export function tooManyQueued(max: number): CallError {
  return new CallError(
    "failed",
    errorCodes.internal,
    `Your account already has ${max} connections waiting for a server program. Nothing was done; try again when some of them are served.`,
  );
}

export function tooManyCalls(max: number): CallError {
  return new CallError(
    "failed",
    errorCodes.internal,
    `This connection already has ${max} calls running or waiting. Try again when some of them are done.`,
  );
}

export function workerEnded(how: string, reference: string): CallError {
  return new CallError(
    "failed",
    errorCodes.serverError,
    `The server program ended before it responded (${how}). What it was doing may or may not be done. Reference: ${reference}`,
  );
}

export function lineTooLong(maxBytes: number): CallError {
  return new CallError(
    "failed",
    errorCodes.serverError,
    `The server program's response was larger than ${maxBytes} bytes, and was stopped. Request less at once.`,
  );
}

export function requestTimedOut(timeoutMs: number): CallError {
  return new CallError(
    "failed",
    errorCodes.requestTimeout,
    `The server program did not respond within ${timeoutMs / 1000} s. What it was doing may or may not be done.`,
  );
}

export function notReading(): CallError {
  return new CallError(
    "failed",
    errorCodes.serverError,
    "The server program has stopped reading requests. Try again later.",
  );
}

export function connectionEnded(): CallError {
  return new CallError("failed", errorCodes.serverError, "This connection was ended.");
}

export function shuttingDown(): CallError {
  return new CallError("failed", errorCodes.serverError, "The service is restarting. Try again in a moment.");
}

/** The server program could not be started; delays the next start (StartBackoff). */
export class StartFailedError extends CallError {
  constructor(how: string, reference: string) {
    super(
      "failed",
      errorCodes.internal,
      `The server program could not be started: it ${how}. Reference: ${reference}`,
    );
    this.name = "StartFailedError";
  }
}
