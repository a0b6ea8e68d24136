/** Seconds that a client should wait before it retries (RFC 9110 §10.2.3), by the part that is unavailable. */
export const retryAfterSec = {
  /** Redis: it restarts within about a second. */
  store: 2,
  sessionDaemon: 5,
  forgejo: 5,
} as const;
