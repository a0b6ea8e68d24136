import type { GrantId } from "@fjmcp/shared/ids";

/** The session-daemon, as the auth-server uses it after a revocation. */
export interface SessionDaemon {
  /**
   * Terminates the grant's workers and open streams; resolves once they are closed. Rejects with IpcUnavailableError;
   * the session-daemon's own sweep then finds the revoked grant.
   */
  endGrant(grant: GrantId): Promise<void>;
}
