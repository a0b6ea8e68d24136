import type { GrantId } from "@fjmcp/shared/ids";
import type { GrantedAccess } from "./granted-access.ts";
import type { GrantStore, NarrowingOutcome } from "./grant-store.ts";
import type { SessionDaemon } from "./session-daemon.ts";

/**
 * Removes from a grant, and from its tokens in the same step, all access that is not in `access`; it is never widened. The
 * session-daemon is notified, which enforces the new access at once even if it cannot be reached. Rejects with
 * StoreUnavailableError.
 */
export type GrantNarrowing = (grant: GrantId, access: GrantedAccess) => Promise<NarrowingOutcome>;

export function createGrantNarrowing(deps: {
  store: Pick<GrantStore, "narrow">;
  sessionDaemon: Pick<SessionDaemon, "policyChanged">;
  events: {
    grantNarrowed(grant: { grantId: GrantId } & GrantedAccess): void;
    policyNotifyFailed(call: { grantId: GrantId; detail: string }): void;
  };
}): GrantNarrowing {
  const { store, sessionDaemon, events } = deps;
  return async function narrow(grantId, access) {
    const outcome = await store.narrow(grantId, access);
    if (outcome !== "narrowed") return outcome;
    events.grantNarrowed({ grantId, ...access });
    await sessionDaemon.policyChanged(grantId).catch((error: Error) => {
      events.policyNotifyFailed({ grantId, detail: error.message });
    });
    return outcome;
  };
}
