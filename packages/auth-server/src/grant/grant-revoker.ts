import type { AuditEvents } from "../audit-events.ts";
import type { GrantRevocation } from "./grant-revocation.ts";
import type { GrantStore } from "./grant-store.ts";
import type { SessionDaemon } from "./session-daemon.ts";

/** Revokes in the store first, so that no new token can be issued, then notifies the session-daemon. */
export function createGrantRevoker(deps: {
  store: GrantStore;
  sessionDaemon: SessionDaemon;
  events: AuditEvents;
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
