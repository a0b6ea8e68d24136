import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import type { StartWorkerResponse } from "@fjmcp/shared/ipc/control";
import type { Principal } from "@fjmcp/shared/principal";

/** A Forgejo access token that has not expired. */
export interface ForgejoToken {
  readonly accessToken: string;
  /** Seconds since the epoch. */
  readonly issuedAtSec: number;
  /** Seconds since the epoch. */
  readonly expiresAtSec: number;
  /** Of the grant's client, cleaned for display; undefined when it has none. */
  readonly clientName?: string | undefined;
}

/** The session-daemon, as the auth-server uses it. */
export interface SessionDaemon {
  /**
   * Terminates the workers and open streams of the grants, in one call for many, and reports the MCP sessions that ended
   * with them, by their number for each account; resolves once they are closed. Rejects with IpcUnavailableError; the
   * session-daemon's own sweep then finds the revoked grants.
   */
  endGrants(grants: readonly GrantId[], sessions?: ReadonlyMap<AccountId, number>): Promise<void>;
  /**
   * Lets the workers of these grants of the account finish their calls and end, as they hold Forgejo tokens that are invalid
   * by now. Rejects with IpcUnavailableError; the workers then end when their tokens expire.
   */
  retireWorkers(account: AccountId, grants: readonly GrantId[]): Promise<void>;
  /**
   * Asks for a worker of the grant, which will soon be used; resolves before it has started, as `startWorkerResponse` of
   * shared's ipc/control says. Rejects with IpcUnavailableError. Without one, the grant's first call starts it.
   */
  startWorker(grant: Principal, token: ForgejoToken): Promise<StartWorkerResponse["status"]>;
  /**
   * Notifies the sessions of a grant whose access has changed. Rejects with IpcUnavailableError; the access is enforced all
   * the same, only the clients' lists of tools stay as they were.
   */
  notifyPolicyChanged(grant: GrantId): Promise<void>;
  /** How many MCP sessions each grant of the account has. Rejects with IpcUnavailableError. */
  sessionsOf(account: AccountId): Promise<ReadonlyMap<GrantId, number>>;
}
