import type { ClientId, GrantId } from "@fjmcp/shared/ids";
import type { ForgejoToken, GrantOwner, SessionDaemon } from "./session-daemon.ts";

/**
 * Asks the session-daemon for a worker of a grant whose code was just redeemed: its client will call next, and some
 * clients do not wait for a process to start. Returns at once and never throws; a failure is logged, and the first call
 * makes up for it.
 */
export type EarlyWorkerStart = (grant: GrantOwner) => void;

export function createEarlyWorkerStart(deps: {
  tokens: { fresh(grant: GrantId): Promise<Omit<ForgejoToken, "clientName">> };
  describeClient: (clientId: ClientId) => Promise<{ name: string | undefined } | undefined>;
  sessionDaemon: Pick<SessionDaemon, "startWorker">;
  events: { earlyWorkerStartFailed(call: GrantOwner & { detail: string }): void };
}): EarlyWorkerStart {
  const { tokens, describeClient, sessionDaemon, events } = deps;

  async function start(grant: GrantOwner): Promise<void> {
    const [token, client] = await Promise.all([
      tokens.fresh(grant.grantId),
      describeClient(grant.clientId).catch(() => undefined),
    ]);
    await sessionDaemon.startWorker(grant, { ...token, clientName: client?.name });
  }

  return (grant) => {
    start(grant).catch((error: Error) => events.earlyWorkerStartFailed({ ...grant, detail: error.message }));
  };
}
