import type { AccountId } from "@fjmcp/shared/ids";

/** Who signed in at Forgejo. */
export interface ForgejoAccount {
  readonly accountId: AccountId;
  /** The login name, for people to read; it can change. */
  readonly login: string;
}

/** The upstream half of a login. Rejections are the classes below; nothing secret is in their messages. */
export interface ForgejoLogin {
  /** Where the browser goes: Forgejo's authorize URL with our callback, the configured scope and S256. */
  authorizeUrl(state: string, codeChallenge: string): string;
  /**
   * Exchanges the code, stores the tokens in the vault before anything else can fail, then checks granted scope and
   * user.
   */
  complete(code: string, codeVerifier: string): Promise<ForgejoAccount>;
}

/** Forgejo did not answer, timed out or answered 5xx or garbage: try again later. Nothing ends. */
export class UpstreamUnavailableError extends Error {
  override readonly name = "UpstreamUnavailableError";
}

/** Forgejo refuses our client id, secret or redirect URI: the administrator must act. */
export class UpstreamMisconfiguredError extends Error {
  override readonly name = "UpstreamMisconfiguredError";
}

/** The code was refused, or the user may not sign in. */
export class LoginRefusedError extends Error {
  override readonly name = "LoginRefusedError";
}

/** Forgejo granted less than is configured (an older grant of the same app): the user revokes it there and retries. */
export class ScopeTooNarrowError extends Error {
  override readonly name = "ScopeTooNarrowError";
  readonly missing: readonly string[];

  constructor(missing: readonly string[]) {
    super(`Forgejo granted less than is configured; missing: ${missing.join(" ")}`);
    this.missing = missing;
  }
}

/** Forgejo granted more than is configured (`all`, admin, or an empty scope): refused. */
export class ScopeTooWideError extends Error {
  override readonly name = "ScopeTooWideError";
}
