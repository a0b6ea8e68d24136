/** Why `fetch`, or reading its response, failed: undici's own message ("fetch failed", "terminated") has the reason in its cause. */
export function fetchFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
