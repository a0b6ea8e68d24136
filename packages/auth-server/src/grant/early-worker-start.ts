import type { UpstreamTokens } from "../upstream/tokens/upstream-tokens.ts";
import type { GrantOwner, SessionDaemon } from "./session-daemon.ts";

/**
 * Asks the session-daemon for a worker of a grant whose code was just redeemed: its client will call next, and some
 * clients do not wait for a process to start. Returns at once and never throws; a failure is logged, and the first call
 * makes up for it.
 */
export type EarlyWorkerStart = (grant: GrantOwner) => void;

export function createEarlyWorkerStart(deps: {
  tokens: Pick<UpstreamTokens, "fresh">;
  sessionDaemon: Pick<SessionDaemon, "startWorker">;
  events: { earlyWorkerStartFailed(call: GrantOwner & { detail: string }): void };
}): EarlyWorkerStart {
  const { tokens, sessionDaemon, events } = deps;

  async function start(grant: GrantOwner): Promise<void> {
    await sessionDaemon.startWorker(grant, await tokens.fresh(grant.accountId));
  }

  return (grant) => {
    start(grant).catch((error: Error) => events.earlyWorkerStartFailed({ ...grant, detail: error.message }));
  };
}
