import type { AuditEvents } from "../audit-events.ts";
import type { GrantStore } from "./grant-store.ts";
import type { GrantRevocation } from "./grant-revocation.ts";
import type { SessionDaemon } from "./session-daemon.ts";

/** Ends grants in the store first, so that nothing new can be issued, then tells the session-daemon. */
export function createGrantRevoker(parts: {
  store: GrantStore;
  sessionDaemon: SessionDaemon;
  events: AuditEvents;
}): GrantRevocation {
  const { store, sessionDaemon, events } = parts;

  return {
    async end(grantId, reason) {
      const ended = await store.end(grantId);
      if (ended === undefined) return;
      events.grantRevoked({ grantId, ...ended, reason });
      await sessionDaemon.endGrant(grantId).catch((error: Error) => {
        events.sessionDaemonNotifyFailed({ grantId, detail: error.message });
      });
    },

    of: (account) => store.grantsOf(account),
  };
}
