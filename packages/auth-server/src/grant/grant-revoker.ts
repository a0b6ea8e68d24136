import type { AccountId, ClientId, GrantId } from "@fjmcp/shared/ids";
import type { GrantStore } from "./grant-store.ts";
import type { GrantRevocation } from "./grant-revocation.ts";
import type { RevocationReason } from "./revocation-reason.ts";
import type { SessionDaemon } from "./session-daemon.ts";

/** The audit events of a revocation; declared here because `audit-events.ts` imports from `grant/`. */
interface RevocationEvents {
  grantRevoked(grant: {
    grantId: GrantId;
    accountId: AccountId;
    clientId: ClientId;
    reason: RevocationReason;
  }): void;
  sessionDaemonNotifyFailed(call: { grantId: GrantId; grants: number; detail: string }): void;
}

/** Redis serves other clients between so many revocations: a few milliseconds. */
const concurrentRevocations = 16;

/** Revokes in the store first, so that no new token can be issued, then notifies the session-daemon. */
export function createGrantRevoker(deps: {
  store: GrantStore;
  sessionDaemon: SessionDaemon;
  events: RevocationEvents;
}): GrantRevocation {
  const { store, sessionDaemon, events } = deps;

  async function revokeAll(grants: readonly GrantId[], reason: RevocationReason): Promise<void> {
    const revoked: GrantId[] = [];
    try {
      for (let from = 0; from < grants.length; from += concurrentRevocations) {
        const some = grants.slice(from, from + concurrentRevocations);
        await Promise.all(
          some.map(async (grantId) => {
            const owner = await store.revoke(grantId);
            if (owner === undefined) return;
            revoked.push(grantId);
            events.grantRevoked({ grantId, ...owner, reason });
          }),
        );
      }
    } finally {
      await notify(revoked);
    }
  }

  async function notify(revoked: readonly GrantId[]): Promise<void> {
    const [grantId] = revoked;
    if (grantId === undefined) return;
    await sessionDaemon.endGrants(revoked).catch((error: Error) => {
      events.sessionDaemonNotifyFailed({ grantId, grants: revoked.length, detail: error.message });
    });
  }

  return {
    revoke: (grantId, reason) => revokeAll([grantId], reason),
    revokeAll,
    grantsOf: (account) => store.grantsOf(account),
  };
}
