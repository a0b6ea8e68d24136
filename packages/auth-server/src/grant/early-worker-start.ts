import type { ClientId } from "@fjmcp/shared/ids";
import type { Principal } from "@fjmcp/shared/principal";
import type { ForgejoToken, SessionDaemon } from "./session-daemon.ts";
import { sessionDaemonFailure } from "./session-daemon-failure.ts";

/** A grant, and the application on whose Forgejo tokens it rests: the first one unless named. */
export type RedeemedGrant = Principal & { readonly forgejoClientId?: string | undefined };

/** Of starts at once: two, so that one that waits for Forgejo does not hold up all. */
const concurrency = 2;
/** A client has called by then. */
const maxWaitMs = 3000;
/** How long none is asked for after there was no room for one. */
const pauseMs = 1000;

/**
 * Asks the session-daemon for a worker of a grant whose code was just redeemed: its client will call next, and some
 * clients do not wait for a process to start. A worker whose Forgejo token is replaced meanwhile retires. Returns at once and
 * never throws; a failure is logged, and the first call makes up for it. When many clients connect at once, their responses
 * go first: starts wait in line, and are left out after some seconds, or when there is no room for the ones before them.
 */
export type EarlyWorkerStart = (grant: RedeemedGrant) => void;

export function createEarlyWorkerStart(deps: {
  tokens: { freshOf(grant: RedeemedGrant): Promise<Omit<ForgejoToken, "clientName">> };
  describeClient: (clientId: ClientId) => Promise<{ name: string | undefined } | undefined>;
  sessionDaemon: Pick<SessionDaemon, "startWorker" | "retireWorkers">;
  events: { earlyWorkerStartFailed(call: Principal & { detail: string }): void };
}): EarlyWorkerStart {
  const { tokens, describeClient, sessionDaemon, events } = deps;
  const waiting: { readonly grant: RedeemedGrant; readonly untilMs: number }[] = [];
  let running = 0;
  let pausedUntilMs = 0;

  function pause(): void {
    pausedUntilMs = performance.now() + pauseMs;
    waiting.length = 0;
  }

  async function start(grant: RedeemedGrant): Promise<void> {
    const { grantId, accountId, clientId } = grant;
    const [token, client] = await Promise.all([
      tokens.freshOf(grant),
      describeClient(clientId).catch(() => undefined),
    ]);
    const principal = { grantId, accountId, clientId };
    const status = await sessionDaemon.startWorker(principal, { ...token, clientName: client?.name });
    if (status === "full") pause();
    if (status !== "starting") return;
    // A login may have replaced the token, and retired the workers before this one was among them.
    const { accessToken } = await tokens.freshOf(grant);
    if (accessToken !== token.accessToken) await sessionDaemon.retireWorkers(accountId, [grantId]);
  }

  async function runWaiting(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { grantId, accountId, clientId } = next.grant;
      try {
        if (performance.now() >= next.untilMs) throw new Error("waited too long behind other starts");
        await start(next.grant);
      } catch (error) {
        const detail = sessionDaemonFailure(error);
        events.earlyWorkerStartFailed({ grantId, accountId, clientId, detail });
      }
    }
    // Not a turn later: a grant that comes in between would wait for the next one.
    running -= 1;
  }

  return (grant) => {
    if (performance.now() < pausedUntilMs) return;
    waiting.push({ grant, untilMs: performance.now() + maxWaitMs });
    if (running === concurrency) return;
    running += 1;
    void runWaiting();
  };
}
