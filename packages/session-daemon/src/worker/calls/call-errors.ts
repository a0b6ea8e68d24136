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
    `Your Forgejo login can not be checked just now. Nothing was lost; try again in ${retryAfterSec} s.`,
    { cause },
  );
}

export function allWorkersBusy(): CallError {
  return new CallError(
    "failed",
    errorCodes.internal,
    "The limit of server programs that run at once is reached, and all are busy. Try again in a moment.",
  );
}

export function tooManyCalls(max: number): CallError {
  return new CallError(
    "failed",
    errorCodes.internal,
    `This connection has ${max} calls running or waiting already. Try again when some have been answered.`,
  );
}

export function workerEnded(how: string, reference: string): CallError {
  return new CallError(
    "failed",
    errorCodes.serverError,
    `The server program ended before it answered (${how}). What it was doing may or may not be done. Reference: ${reference}`,
  );
}

export function lineTooLong(maxBytes: number): CallError {
  return new CallError(
    "failed",
    errorCodes.serverError,
    `The server program's answer was larger than ${maxBytes} bytes, and was stopped. Ask for less at once.`,
  );
}

export function requestTimedOut(timeoutMs: number): CallError {
  return new CallError(
    "failed",
    errorCodes.requestTimeout,
    `The server program did not answer within ${timeoutMs / 1000} s. What it was doing may or may not be done.`,
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

/** The server program could not be brought up: counts for the back-off. */
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
