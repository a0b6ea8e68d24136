import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import type { GrantedAccess } from "./granted-access.ts";
import type { GrantStore, NarrowingOutcome } from "./grant-store.ts";
import type { HistoryRecorder } from "./history-recorder.ts";
import type { SessionDaemon } from "./session-daemon.ts";
import { sessionDaemonFailure } from "./session-daemon-failure.ts";

/**
 * Removes from a grant, and from its tokens in the same step, all access that is not in `access`; it is never widened. The
 * session-daemon is notified, which enforces the new access at once even if it cannot be reached. Rejects with
 * StoreUnavailableError.
 */
export type GrantNarrowing = (
  grant: GrantId,
  access: GrantedAccess,
  by: "user" | "administrator",
) => Promise<NarrowingOutcome>;

export function createGrantNarrowing(deps: {
  store: Pick<GrantStore, "narrow" | "ownerOf">;
  sessionDaemon: Pick<SessionDaemon, "notifyPolicyChanged">;
  history: Pick<HistoryRecorder, "narrowed">;
  events: {
    grantNarrowed(grant: { grantId: GrantId; accountId: AccountId } & GrantedAccess): void;
    policyNotifyFailed(call: { grantId: GrantId; detail: string }): void;
  };
}): GrantNarrowing {
  const { store, sessionDaemon, history, events } = deps;
  return async function narrow(grantId, access, by) {
    const owner = await store.ownerOf(grantId);
    if (owner === undefined) return "unknown";
    const outcome = await store.narrow(grantId, access);
    if (outcome !== "narrowed") return outcome;
    events.grantNarrowed({ grantId, accountId: owner.accountId, ...access });
    const notified = sessionDaemon.notifyPolicyChanged(grantId).catch((error: unknown) => {
      events.policyNotifyFailed({ grantId, detail: sessionDaemonFailure(error) });
    });
    await Promise.all([notified, history.narrowed(owner, by)]);
    return outcome;
  };
}
