import { CallError } from "../worker-pool.ts";

/** The texts that a person may read in a client, and their JSON-RPC codes: −32000 the process went away, −32001 too slow. */
const gone = -32000;
const tooSlow = -32001;
const internal = -32603;

export function tokenRefused(): CallError {
  return new CallError(
    "token_refused",
    internal,
    "The connection to Forgejo has ended. Please connect again.",
  );
}

export function upstreamUnavailable(retryAfterSec: number, cause?: unknown): CallError {
  return new CallError(
    "failed",
    internal,
    `Your Forgejo login can not be checked just now. Nothing was lost; try again in ${retryAfterSec} s.`,
    { cause },
  );
}

export function allWorkersBusy(): CallError {
  return new CallError(
    "failed",
    internal,
    "The limit of server programs that run at once is reached, and all are busy. Try again in a moment.",
  );
}

export function tooManyCalls(max: number): CallError {
  return new CallError(
    "failed",
    internal,
    `This connection has ${max} calls running or waiting already. Try again when some have been answered.`,
  );
}

export function workerEnded(how: string, reference: string): CallError {
  return new CallError(
    "failed",
    gone,
    `The server program ended before it answered (${how}). What it was doing may or may not be done. Reference: ${reference}`,
  );
}

export function lineTooLong(maxBytes: number): CallError {
  return new CallError(
    "failed",
    gone,
    `The server program's answer was larger than ${maxBytes} bytes, and was stopped. Ask for less at once.`,
  );
}

export function requestTimedOut(timeoutMs: number): CallError {
  return new CallError(
    "failed",
    tooSlow,
    `The server program did not answer within ${timeoutMs / 1000} s. What it was doing may or may not be done.`,
  );
}

export function notReading(): CallError {
  return new CallError("failed", gone, "The server program has stopped reading requests. Try again later.");
}

export function connectionEnded(): CallError {
  return new CallError("failed", gone, "This connection was ended.");
}

export function shuttingDown(): CallError {
  return new CallError("failed", gone, "The service is restarting. Try again in a moment.");
}

/** The server program could not be brought up: counts for the back-off. */
export class StartFailedError extends CallError {
  constructor(how: string, reference: string) {
    super("failed", internal, `The server program could not be started: it ${how}. Reference: ${reference}`);
    this.name = "StartFailedError";
  }
}
