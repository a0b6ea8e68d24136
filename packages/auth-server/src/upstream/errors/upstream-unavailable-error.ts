/** Forgejo did not answer, timed out or answered 5xx or garbage: try again later. Nothing ends. */
export class UpstreamUnavailableError extends Error {
  override readonly name = "UpstreamUnavailableError";
}
