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
  sessionDaemonNotifyFailed(call: { grantId: GrantId; detail: string }): void;
}

/** Revokes in the store first, so that no new token can be issued, then notifies the session-daemon. */
export function createGrantRevoker(deps: {
  store: GrantStore;
  sessionDaemon: SessionDaemon;
  events: RevocationEvents;
}): GrantRevocation {
  const { store, sessionDaemon, events } = deps;

  return {
    async revoke(grantId, reason) {
      const owner = await store.revoke(grantId);
      if (owner === undefined) return;
      events.grantRevoked({ grantId, ...owner, reason });
      await sessionDaemon.endGrant(grantId).catch((error: Error) => {
        events.sessionDaemonNotifyFailed({ grantId, detail: error.message });
      });
    },

    grantsOf: (account) => store.grantsOf(account),
  };
}
