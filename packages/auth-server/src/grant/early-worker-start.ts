import type { ForgejoToken, GrantOwner, SessionDaemon } from "./session-daemon.ts";

/**
 * Asks the session-daemon for a worker of a grant whose code was just redeemed: its client will call next, and some
 * clients do not wait for a process to start. Returns at once and never throws; a failure is logged, and the first call
 * makes up for it.
 */
export type EarlyWorkerStart = (grant: GrantOwner) => void;

export function createEarlyWorkerStart(deps: {
  forgejoToken: (grant: GrantOwner) => Promise<ForgejoToken>;
  sessionDaemon: Pick<SessionDaemon, "startWorker">;
  events: { earlyWorkerStartFailed(call: GrantOwner & { detail: string }): void };
}): EarlyWorkerStart {
  const { forgejoToken, sessionDaemon, events } = deps;

  async function start(grant: GrantOwner): Promise<void> {
    await sessionDaemon.startWorker(grant, await forgejoToken(grant));
  }

  return (grant) => {
    start(grant).catch((error: Error) => events.earlyWorkerStartFailed({ ...grant, detail: error.message }));
  };
}
