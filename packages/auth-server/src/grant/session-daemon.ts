import type { GrantId } from "@fjmcp/shared/ids";

/** The session-daemon, as the auth-server uses it after a revocation. */
export interface SessionDaemon {
  /**
   * Terminates the workers and open streams of the grants, in one call for many; resolves once they are closed. Rejects
   * with IpcUnavailableError; the session-daemon's own sweep then finds the revoked grants.
   */
  endGrants(grants: readonly GrantId[]): Promise<void>;
}
