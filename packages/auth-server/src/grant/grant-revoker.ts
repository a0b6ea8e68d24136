import type { AccountId, ClientId, GrantId } from "@fjmcp/shared/ids";
import type { GrantStore } from "./grant-store.ts";
import type { GrantRevocation, RevocationReason } from "./grant-revocation.ts";
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

/** Ends grants in the store first, so that nothing new can be issued, then tells the session-daemon. */
export function createGrantRevoker(parts: {
  store: GrantStore;
  sessionDaemon: SessionDaemon;
  events: RevocationEvents;
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
