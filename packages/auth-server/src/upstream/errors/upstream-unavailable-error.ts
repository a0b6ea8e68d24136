/** Forgejo was not reachable, timed out, or replied 5xx or something unreadable: try again later; nothing is revoked. */
export class UpstreamUnavailableError extends Error {
  override readonly name = "UpstreamUnavailableError";
}
