import type { Misconfiguration } from "@fjmcp/shared/ipc/user-check";
import { errorCodes } from "../../jsonrpc/error-codes.ts";
import { retryAfterSec } from "../../retry-after.ts";
import { CallError } from "../call.ts";

export function tokenRejected(): CallError {
  return new CallError(
    "token_rejected",
    errorCodes.internal,
    "The connection to Forgejo has ended. Please connect again.",
  );
}

/** `afterSec`: as the auth-server says, else when it is expected to respond again. */
export function upstreamUnavailable(
  afterSec: number = retryAfterSec.upstreamUnavailable,
  cause?: unknown,
): CallError {
  return new CallError(
    "failed",
    errorCodes.internal,
    `Your Forgejo login cannot be checked just now. Nothing was lost; try again in ${afterSec} s.`,
    { cause, failure: "upstream_unavailable" },
  );
}

/**
 * Forgejo accepts no call at the moment; nothing has ended. `suspended`: none of the account. `misconfigured`: none with the
 * tokens that the grant rests on; the account's other grants may rest on those of another application.
 */
export class AccountBlockedError extends CallError {
  readonly status: "suspended" | "misconfigured";

  constructor(status: AccountBlockedError["status"], message: string) {
    super("failed", errorCodes.internal, message, { failure: "account_blocked" });
    this.name = "AccountBlockedError";
    this.status = status;
  }
}

/** `message` is Forgejo's own sentence. */
export function accountSuspended(message: string): AccountBlockedError {
  return new AccountBlockedError(
    "suspended",
    `Forgejo does not serve your account at the moment. Nothing was done, and your connection is kept. Forgejo says: ${message}`,
  );
}

export function brokerMisconfigured(fault?: Misconfiguration): AccountBlockedError {
  const what =
    fault === "vault_key"
      ? "This service cannot read your Forgejo login: the key with which it is encrypted is missing."
      : "Forgejo rejects this service: its OAuth application was changed or deleted there.";
  return new AccountBlockedError(
    "misconfigured",
    `${what} Nothing was done. Only the administrator can mend this: tell them. Your connection is kept.`,
  );
}

export function forgejoUnavailable(reference: string): CallError {
  return new CallError(
    "failed",
    errorCodes.internal,
    `Forgejo does not respond just now, and the server program could not be started without it. Nothing was lost; try again in a minute. Reference: ${reference}`,
    { failure: "upstream_unavailable" },
  );
}

export function allWorkersBusy(): CallError {
  return new CallError(
    "failed",
    errorCodes.internal,
    "The limit of server programs that run at once is reached, and all are busy. Nothing was done; try again in a moment.",
    { failure: "limit_reached" },
  );
}

export function tooManyQueued(max: number): CallError {
  return new CallError(
    "failed",
    errorCodes.internal,
    `Your account already has ${max} connections waiting for a server program. Nothing was done; try again when some of them are served.`,
    { failure: "limit_reached" },
  );
}

export function tooManyCalls(max: number): CallError {
  return new CallError(
    "failed",
    errorCodes.internal,
    `This connection already has ${max} calls running or waiting. Nothing was done; try again when some of them are done.`,
    { failure: "limit_reached" },
  );
}

export function tooManyWaiting(max: number): CallError {
  return new CallError(
    "failed",
    errorCodes.internal,
    `Your account already has ${max} calls waiting for a server program. Nothing was done; try again when some of them are done.`,
    { failure: "limit_reached" },
  );
}

export function workerEnded(how: string, reference: string): CallError {
  return new CallError(
    "failed",
    errorCodes.serverError,
    `The server program ended before it responded (${how}). What it was doing may or may not be done: check before you try again. Reference: ${reference}`,
    { failure: "worker_exited" },
  );
}

export function workerOutOfMemory(reference: string): CallError {
  return new CallError(
    "failed",
    errorCodes.serverError,
    `The server program needed more memory than it may have, and ended. What it was doing may or may not be done: check before you try again, and request less at once. Reference: ${reference}`,
    { failure: "out_of_memory" },
  );
}

export function endedByAdministrator(): CallError {
  return new CallError(
    "failed",
    errorCodes.serverError,
    "The administrator ended the server program. What it was doing may or may not be done: check before you try again.",
    { failure: "terminated" },
  );
}

export function lineTooLong(maxBytes: number): CallError {
  return new CallError(
    "failed",
    errorCodes.serverError,
    `The server program's response was larger than ${maxBytes} bytes, and was stopped. What it was doing may be done. Request less at once.`,
    { failure: "response_too_large" },
  );
}

export function lineTooCostly(): CallError {
  return new CallError(
    "failed",
    errorCodes.serverError,
    "The server program's response has too many values or levels, and was stopped. What it was doing may be done. Request less at once.",
    { failure: "response_too_large" },
  );
}

/** The child has responded, with something that cannot be read or passed on. */
export function invalidResponse(): CallError {
  return new CallError(
    "failed",
    errorCodes.serverError,
    "The server program's response is not valid. What it was doing may be done: check before you try again, and tell the administrator.",
  );
}

export function requestTimedOut(timeoutMs: number): CallError {
  return new CallError(
    "failed",
    errorCodes.requestTimeout,
    `The server program did not respond within ${timeoutMs / 1000} s. What it was doing may or may not be done: check before you try again.`,
    { failure: "timeout" },
  );
}

export function notReading(): CallError {
  return new CallError(
    "failed",
    errorCodes.serverError,
    "The server program has stopped reading requests. This call did not reach it: nothing was done. Try again later.",
    { failure: "worker_exited" },
  );
}

/** The call did not reach a child. */
export function connectionEnded(): CallError {
  return new CallError(
    "failed",
    errorCodes.serverError,
    "This connection was ended before the call reached the server program. Nothing was done; try again.",
    { failure: "terminated" },
  );
}

/** A child of the session's own was busy with the call. */
export function sessionEnded(): CallError {
  return new CallError(
    "failed",
    errorCodes.serverError,
    "The session was ended while the server program worked. What it was doing may or may not be done: check before you try again.",
    { failure: "terminated" },
  );
}

/** The call did not reach a child. */
export function shuttingDown(): CallError {
  return new CallError(
    "failed",
    errorCodes.serverError,
    "The service is restarting. Nothing was done; try again in a moment.",
    { failure: "terminated" },
  );
}

/** As `shuttingDown`, for a call that a child was busy with. */
export function interruptedByShutdown(): CallError {
  return new CallError(
    "failed",
    errorCodes.serverError,
    "The service is restarting and stopped this call. What it was doing may or may not be done: check before you try again.",
    { failure: "terminated" },
  );
}

/** The server program could not be started; delays the next start (StartBackoff). */
export class StartFailedError extends CallError {
  readonly reference: string;
  /** The cause is on this machine, such as a missing program: Forgejo has no part in it. */
  readonly isLocalFault: boolean;

  /** `how` completes "it …". */
  constructor(how: string, reference: string, isLocalFault = false) {
    super(
      "failed",
      errorCodes.internal,
      `The server program could not be started: it ${how}. Nothing was done. Try again in a moment; if it stays, tell the administrator. Reference: ${reference}`,
      { failure: "start_failed" },
    );
    this.name = "StartFailedError";
    this.reference = reference;
    this.isLocalFault = isLocalFault;
  }
}

/** The child of a session responded to its client's `initialize` with an error. It delays no other client. */
export class ClientRejectedError extends StartFailedError {
  override readonly code = errorCodes.invalidParams;

  constructor(reference: string) {
    super("rejected what this client says of itself in initialize (capabilities, clientInfo)", reference);
    this.name = "ClientRejectedError";
  }
}
