/** The request does not match its contract: to be responded to with this status and the message. */
export class ContractError extends Error {
  override readonly name = "ContractError";
  readonly status: 400 | 413;

  constructor(message: string, status: 400 | 413 = 400) {
    super(message);
    this.status = status;
  }
}

/** For a body over the limit of its server, such as the `onError` of hono's body limit. Throws ContractError. */
export function rejectLargeBody(): never {
  throw new ContractError("The body is larger than this server accepts.", 413);
}

/**
 * The status and the body of the response to a request that failed: a ContractError says its own, any other error gives 503
 * with the reference that `logFailure` returns.
 */
export function errorResponse(
  error: unknown,
  logFailure: (error: unknown) => string,
): { status: 400 | 413 | 503; body: { error: string } } {
  if (error instanceof ContractError) return { status: error.status, body: { error: error.message } };
  const reference = logFailure(error);
  return {
    status: 503,
    body: { error: `The request failed; the log has the cause at reference ${reference}.` },
  };
}
