import type { AccountId } from "@fjmcp/shared/ids";
import type { SessionDaemon } from "./session-daemon.ts";

/** Retires the workers of an account whose Forgejo tokens were replaced. A failure is logged, and expiry makes up for it. */
export type WorkerRetirement = (account: AccountId) => Promise<void>;

export function createWorkerRetirement(deps: {
  sessionDaemon: Pick<SessionDaemon, "retireWorkers">;
  events: { workerRetirementFailed(call: { accountId: AccountId; detail: string }): void };
}): WorkerRetirement {
  return async function retireWorkers(accountId) {
    await deps.sessionDaemon.retireWorkers(accountId).catch((error: Error) => {
      deps.events.workerRetirementFailed({ accountId, detail: error.message });
    });
  };
}
