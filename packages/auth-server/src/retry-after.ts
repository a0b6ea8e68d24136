/** Seconds that a client should wait before it retries (RFC 9110 §10.2.3), by the part that is unavailable. */
export const retryAfterSec = {
  /** Redis: a restart takes about a second. */
  store: 2,
  sessionDaemon: 5,
} as const;
