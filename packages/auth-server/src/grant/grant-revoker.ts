import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import type { GrantStore, RevokedGrant } from "./grant-store.ts";
import type { GrantRevocation } from "./grant-revocation.ts";
import type { HistoryRecorder } from "./history-recorder.ts";
import type { RevocationReason } from "@fjmcp/shared/ipc/explain";
import type { Principal } from "@fjmcp/shared/principal";
import type { SessionDaemon } from "./session-daemon.ts";
import { sessionDaemonFailure } from "./session-daemon-failure.ts";

/** The audit events of a revocation; declared here because `connections-events.ts` imports from `grant/`. */
interface RevocationEvents {
  grantRevoked(grant: Principal & { reason: RevocationReason }): void;
  sessionDaemonNotifyFailed(call: { grantId: GrantId; grants: number; detail: string }): void;
}

/** Redis serves other clients between so many revocations: a few milliseconds. */
const concurrentRevocations = 16;

/** Revokes in the store first, so that no new token can be issued, then notifies the session-daemon. */
export function createGrantRevoker(deps: {
  store: GrantStore;
  sessionDaemon: Pick<SessionDaemon, "endGrants">;
  /** Those of the page of connections. */
  sessions: { endAll(account: AccountId): Promise<void> };
  /** Deletes an account's Forgejo tokens. */
  deleteForgejoTokens: (account: AccountId) => Promise<void>;
  /** Where the user reads of it. */
  history: Pick<HistoryRecorder, "ended">;
  events: RevocationEvents;
}): GrantRevocation {
  const { store, sessionDaemon, sessions, deleteForgejoTokens, history, events } = deps;
  const revoking = new Map<GrantId, Promise<RevokedGrant | undefined>>();

  /** Undefined for all but the first of concurrent callers: a request for one token revokes its grant several times. */
  async function revokeOnce(grantId: GrantId): Promise<RevokedGrant | undefined> {
    const first = revoking.get(grantId);
    if (first !== undefined) {
      await first;
      return undefined;
    }
    const revoked = store.revoke(grantId).finally(() => revoking.delete(grantId));
    revoking.set(grantId, revoked);
    return revoked;
  }

  async function revokeAll(grants: readonly GrantId[], reason: RevocationReason): Promise<number> {
    const revoked: (RevokedGrant & { grantId: GrantId })[] = [];
    const revokeOne = async (grantId: GrantId) => {
      const ended = await revokeOnce(grantId);
      if (ended === undefined) return;
      revoked.push({ grantId, ...ended });
      const { accountId, clientId } = ended;
      events.grantRevoked({ grantId, accountId, clientId, reason });
    };
    try {
      for (let from = 0; from < grants.length; from += concurrentRevocations) {
        // All settle first: those that succeed beside a failure are notified and recorded, too.
        const settled = await Promise.allSettled(
          grants.slice(from, from + concurrentRevocations).map(revokeOne),
        );
        const failed = settled.find((one) => one.status === "rejected");
        if (failed !== undefined) throw failed.reason;
      }
    } finally {
      const notified = notify(revoked);
      await Promise.all([notified, ...revoked.map((grant) => history.ended(grant, reason))]);
    }
    return revoked.length;
  }

  async function notify(revoked: readonly (RevokedGrant & { grantId: GrantId })[]): Promise<void> {
    const grants = revoked.map(({ grantId }) => grantId);
    const [grantId] = grants;
    if (grantId === undefined) return;
    const ended = new Map<AccountId, number>();
    for (const { accountId, sessions: count } of revoked)
      if (count > 0) ended.set(accountId, (ended.get(accountId) ?? 0) + count);
    await sessionDaemon.endGrants(grants, ended).catch((error: unknown) => {
      const detail = sessionDaemonFailure(error);
      events.sessionDaemonNotifyFailed({ grantId, grants: grants.length, detail });
    });
  }

  return {
    revoke: async (grantId, reason) => (await revokeAll([grantId], reason)) > 0,
    revokeAll,
    async revokeAccount(account, reason) {
      // First: a session could make new grants.
      await sessions.endAll(account);
      const revoked = await revokeAll(await store.grantsOf(account), reason);
      // A login that has stored its Forgejo tokens could store its grant yet.
      await deleteForgejoTokens(account);
      return revoked + (await revokeAll(await store.grantsOf(account), reason));
    },
    grantsOf: (account) => store.grantsOf(account),
    grantsOn: (account, forgejoClientId) => store.grantsOn(account, forgejoClientId),
  };
}
