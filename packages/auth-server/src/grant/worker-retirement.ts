import type { AccountId } from "@fjmcp/shared/ids";
import type { GrantStore } from "./grant-store.ts";
import type { SessionDaemon } from "./session-daemon.ts";
import { sessionDaemonFailure } from "./session-daemon-failure.ts";

/**
 * Retires the workers of the account's grants on an application whose Forgejo tokens were replaced. A failure is logged, and
 * expiry makes up for it.
 */
export type WorkerRetirement = (account: AccountId, forgejoClientId: string) => Promise<void>;

export function createWorkerRetirement(deps: {
  grants: Pick<GrantStore, "grantsOn">;
  sessionDaemon: Pick<SessionDaemon, "retireWorkers">;
  events: { workerRetirementFailed(call: { accountId: AccountId; detail: string }): void };
}): WorkerRetirement {
  const { grants, sessionDaemon, events } = deps;
  return async function retireWorkers(accountId, forgejoClientId) {
    try {
      await sessionDaemon.retireWorkers(accountId, await grants.grantsOn(accountId, forgejoClientId));
    } catch (error) {
      events.workerRetirementFailed({ accountId, detail: sessionDaemonFailure(error) });
    }
  };
}
