import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { userCheckPath, userCheckResponse, type UserCheckRequest } from "@fjmcp/shared/ipc/user-check";
import type { UserCheckSource } from "../worker/pool/user-check-source.ts";

/** Longer than the auth-server waits for Forgejo. */
const timeoutMs = 20_000;

/** UserCheckSource over the auth-server's IPC socket. Rejects with IpcUnavailableError. */
export function createUserCheckClient(socketPath: string): UserCheckSource {
  return (grantId) =>
    callIpc({
      socketPath,
      path: userCheckPath,
      body: { grantId } satisfies UserCheckRequest,
      schema: userCheckResponse,
      timeoutMs,
    });
}
