import type { ClientId, GrantId } from "@fjmcp/shared/ids";
import type { ForgejoToken, GrantOwner, SessionDaemon } from "./session-daemon.ts";

/**
 * Asks the session-daemon for a worker of a grant whose code was just redeemed: its client will call next, and some
 * clients do not wait for a process to start. A worker whose Forgejo token is replaced meanwhile retires. Returns at once and
 * never throws; a failure is logged, and the first call makes up for it.
 */
export type EarlyWorkerStart = (grant: GrantOwner) => void;

export function createEarlyWorkerStart(deps: {
  tokens: { fresh(grant: GrantId): Promise<Omit<ForgejoToken, "clientName">> };
  describeClient: (clientId: ClientId) => Promise<{ name: string | undefined } | undefined>;
  sessionDaemon: Pick<SessionDaemon, "startWorker" | "retireWorkers">;
  events: { earlyWorkerStartFailed(call: GrantOwner & { detail: string }): void };
}): EarlyWorkerStart {
  const { tokens, describeClient, sessionDaemon, events } = deps;

  async function start(grant: GrantOwner): Promise<void> {
    const [token, client] = await Promise.all([
      tokens.fresh(grant.grantId),
      describeClient(grant.clientId).catch(() => undefined),
    ]);
    await sessionDaemon.startWorker(grant, { ...token, clientName: client?.name });
    // A login may have replaced the token, and retired the workers before this one was among them.
    const { accessToken } = await tokens.fresh(grant.grantId);
    if (accessToken !== token.accessToken)
      await sessionDaemon.retireWorkers(grant.accountId, [grant.grantId]);
  }

  return (grant) => {
    start(grant).catch((error: Error) => events.earlyWorkerStartFailed({ ...grant, detail: error.message }));
  };
}
