/** After how many seconds a client may repeat a request that was rejected for a passing reason. */
export const retryAfterSec = {
  storeUnavailable: 2,
  memoryBudgetExceeded: 2,
  upstreamUnavailable: 5,
} as const;

/** The `Retry-After` header (RFC 9110 §10.2.3). */
export function retryAfter(reason: keyof typeof retryAfterSec): Record<string, string> {
  return { "retry-after": `${retryAfterSec[reason]}` };
}
