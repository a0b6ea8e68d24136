import type { AccountId } from "@fjmcp/shared/ids";

/** Who signed in at Forgejo. */
export interface ForgejoAccount {
  readonly accountId: AccountId;
  /** The login name, for people to read; it can change. */
  readonly login: string;
}

/**
 * The upstream half of a login. Rejects with UpstreamUnavailableError, UpstreamMisconfiguredError, LoginRefusedError,
 * InsufficientScopeError or ExcessiveScopeError; nothing secret is in their messages.
 */
export interface ForgejoLogin {
  /** Where the browser goes: Forgejo's authorize URL with our callback, the configured scope and S256. */
  authorizeUrl(state: string, codeChallenge: string): string;
  /**
   * Exchanges the code, stores the tokens in the vault before anything else can fail, then checks granted scope and
   * user.
   */
  complete(code: string, codeVerifier: string): Promise<ForgejoAccount>;
}
