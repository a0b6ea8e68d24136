import type { GrantId } from "@fjmcp/shared/ids";

/** What the auth-server asks of the session-daemon when a grant has ended. */
export interface SessionDaemon {
  /**
   * Ends the grant's workers and open streams; resolves once they are gone. Rejects with IpcUnavailableError; the
   * session-daemon's own sweep then finds the ended grant.
   */
  endGrant(grant: GrantId): Promise<void>;
}
