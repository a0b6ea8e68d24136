/** Forgejo refuses our client id, secret or redirect URI: the administrator must act. */
export class UpstreamMisconfiguredError extends Error {
  override readonly name = "UpstreamMisconfiguredError";
}
