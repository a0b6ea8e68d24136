/**
 * Why `fetch`, or reading its response, failed: undici's own message ("fetch failed", "terminated") has the reason in its cause.
 * Of a host with several addresses that is the reason of the first one.
 */
export function fetchFailure(error: unknown): string {
  const failure = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const first: unknown = failure instanceof AggregateError ? failure.errors[0] : failure;
  return first instanceof Error ? first.message : String(first);
}
