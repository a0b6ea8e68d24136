import type { AccountId, GrantId } from "@fjmcp/shared/ids";

/** The session-daemon, as the auth-server uses it after a revocation or a login. */
export interface SessionDaemon {
  /**
   * Terminates the workers and open streams of the grants, in one call for many; resolves once they are closed. Rejects
   * with IpcUnavailableError; the session-daemon's own sweep then finds the revoked grants.
   */
  endGrants(grants: readonly GrantId[]): Promise<void>;
  /**
   * Lets the account's workers finish their calls and end, as they hold Forgejo tokens that are invalid by now. Rejects
   * with IpcUnavailableError; the workers then end when their tokens expire.
   */
  retireWorkers(account: AccountId): Promise<void>;
}
