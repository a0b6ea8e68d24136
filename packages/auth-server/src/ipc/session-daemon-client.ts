import {
  controlPaths,
  endSessionsResponse,
  listSessionsResponse,
  maxGrantsPerRequest,
  policyChangedResponse,
  retireWorkersResponse,
  startWorkerResponse,
  type EndSessionsRequest,
  type PolicyChangedRequest,
  type RetireWorkersRequest,
  type StartWorkerRequest,
} from "@fjmcp/shared/ipc/control";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { maxPageLimit } from "@fjmcp/shared/ipc/page";
import { grantIdSchema, type AccountId, type GrantId } from "@fjmcp/shared/ids";
import type { SessionDaemon } from "../grant/session-daemon.ts";

/** To end a grant the session-daemon responds once the child processes have terminated. */
const timeoutMs = 5000;

/** Calls the session-daemon over its `control.sock`. */
export function createSessionDaemonClient(controlSocketPath: string): SessionDaemon {
  async function end(request: EndSessionsRequest): Promise<void> {
    await callIpc({
      socketPath: controlSocketPath,
      path: controlPaths.end,
      body: request,
      schema: endSessionsResponse,
      timeoutMs,
    });
  }

  return {
    async endGrants(grants, sessions = new Map()) {
      const [first] = grants;
      // There are no more accounts than grants: each request has room for as many.
      const ended = [...sessions];
      const sessionsFrom = (from: number) => {
        const some = ended.slice(from, from + maxGrantsPerRequest);
        return some.length === 0 ? {} : { sessions: some };
      };
      if (first !== undefined && grants.length === 1)
        return end({ by: "grant", grantId: first, ...sessionsFrom(0) });
      for (let from = 0; from < grants.length; from += maxGrantsPerRequest) {
        const grantIds = grants.slice(from, from + maxGrantsPerRequest);
        await end({ by: "grants", grantIds, ...sessionsFrom(from) });
      }
    },

    async retireWorkers(accountId, grants) {
      await callIpc({
        socketPath: controlSocketPath,
        path: controlPaths.retireWorkers,
        body: { accountId, grantIds: [...grants] } satisfies RetireWorkersRequest,
        schema: retireWorkersResponse,
        timeoutMs,
      });
    },

    async startWorker(grant, { accessToken: token, ...rest }) {
      const { status } = await callIpc({
        socketPath: controlSocketPath,
        path: controlPaths.startWorker,
        body: { ...grant, upstreamToken: { token, ...rest } } satisfies StartWorkerRequest,
        schema: startWorkerResponse,
        timeoutMs,
      });
      return status;
    },

    async sessionsOf(accountId: AccountId) {
      // An account has no more sessions than a page holds.
      const query = new URLSearchParams({ accountId, limit: String(maxPageLimit) });
      const { sessions } = await callIpc({
        socketPath: controlSocketPath,
        path: `${controlPaths.sessions}?${query.toString()}`,
        schema: listSessionsResponse,
        timeoutMs,
      });
      const counts = new Map<GrantId, number>();
      for (const session of sessions) {
        const grantId = grantIdSchema.parse(session.grantId);
        counts.set(grantId, (counts.get(grantId) ?? 0) + 1);
      }
      return counts;
    },

    async notifyPolicyChanged(grantId) {
      await callIpc({
        socketPath: controlSocketPath,
        path: controlPaths.policyChanged,
        body: { grantId } satisfies PolicyChangedRequest,
        schema: policyChangedResponse,
        timeoutMs,
      });
    },
  };
}
