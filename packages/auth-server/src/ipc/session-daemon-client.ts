import { controlPaths, endSessionsResponse, type EndSessionsRequest } from "@fjmcp/shared/ipc/control";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import type { SessionDaemon } from "../grant/session-daemon.ts";

/** Ending a child process takes the session-daemon a moment. */
const timeoutMs = 5000;

/** The session-daemon over its `control.sock`. */
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
  };
}
