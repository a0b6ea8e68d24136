import type { AccountId } from "@fjmcp/shared/ids";

/** The Forgejo account that signed in. */
export interface ForgejoAccount {
  readonly accountId: AccountId;
  /** The client id of the application that the user signed in with. */
  readonly forgejoClientId: string;
  /** The login name, for display; it can change. */
  readonly login: string;
  /** Whether the user administers Forgejo, at this moment. */
  readonly isAdministrator: boolean;
  /** What Forgejo did not grant of the configured scope; empty unless that is accepted. */
  readonly missing: readonly string[];
}

/**
 * The upstream half of a login, with one of our applications. Rejects with UpstreamUnavailableError, UpstreamMisconfiguredError, CodeRejectedError,
 * UserSuspendedError, UserNotAllowedError, InsufficientScopeError, ExcessiveScopeError or StoreUnavailableError; their messages hold no secret.
 */
export interface ForgejoLogin {
  /** The URL to redirect the browser to: Forgejo's authorize endpoint with our callback, the configured scope and S256. */
  authorizeUrl(state: string, codeChallenge: string): string;
  /**
   * Exchanges the code, stores the tokens in the vault before anything else can fail, then checks the granted scope
   * and the user. With `acceptsMissingScope` it may be less than the configured scope, never more.
   */
  complete(
    code: string,
    codeVerifier: string,
    options?: { acceptsMissingScope: boolean },
  ): Promise<ForgejoAccount>;
}
