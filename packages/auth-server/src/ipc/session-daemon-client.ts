import {
  controlPaths,
  endSessionsResponse,
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
    async endGrants(grants) {
      const [first] = grants;
      if (first !== undefined && grants.length === 1) return end({ by: "grant", grantId: first });
      for (let from = 0; from < grants.length; from += maxGrantsPerRequest) {
        await end({ by: "grants", grantIds: grants.slice(from, from + maxGrantsPerRequest) });
      }
    },

    async retireWorkers(accountId) {
      await callIpc({
        socketPath: controlSocketPath,
        path: controlPaths.retireWorkers,
        body: { accountId } satisfies RetireWorkersRequest,
        schema: retireWorkersResponse,
        timeoutMs,
      });
    },

    async startWorker(grant, { accessToken: token, ...rest }) {
      await callIpc({
        socketPath: controlSocketPath,
        path: controlPaths.startWorker,
        body: { ...grant, upstreamToken: { token, ...rest } } satisfies StartWorkerRequest,
        schema: startWorkerResponse,
        timeoutMs,
      });
    },

    async policyChanged(grantId) {
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
