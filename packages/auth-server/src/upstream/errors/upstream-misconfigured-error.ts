/** Forgejo rejects our client id, secret or redirect URI, or is set up otherwise than expected: an administrator must act. */
export class UpstreamMisconfiguredError extends Error {
  override readonly name: string = "UpstreamMisconfiguredError";
}
