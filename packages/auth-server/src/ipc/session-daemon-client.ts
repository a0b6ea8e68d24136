import {
  controlPaths,
  endSessionsResponse,
  retireWorkersResponse,
  type EndSessionsRequest,
  type RetireWorkersRequest,
} from "@fjmcp/shared/ipc/control";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import type { SessionDaemon } from "../grant/session-daemon.ts";

/** To end a grant the session-daemon responds once the child processes have terminated. */
const timeoutMs = 5000;

/** Calls the session-daemon over its `control.sock`. */
export function createSessionDaemonClient(controlSocketPath: string): SessionDaemon {
  return {
    async endGrant(grantId) {
      await callIpc({
        socketPath: controlSocketPath,
        path: controlPaths.end,
        body: { by: "grant", grantId } satisfies EndSessionsRequest,
        schema: endSessionsResponse,
        timeoutMs,
      });
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
  };
}
