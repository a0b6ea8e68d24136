import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { upstreamTokenPath, upstreamTokenResponse } from "@fjmcp/shared/ipc/upstream-token";
import type { UpstreamTokenSource } from "../worker/pool/upstream-token-source.ts";

/** Longer than the auth-server waits for Forgejo. */
const timeoutMs = 20_000;

/** UpstreamTokenSource over the auth-server's IPC socket. Rejects with IpcUnavailableError. */
export function createUpstreamTokenClient(socketPath: string): UpstreamTokenSource {
  return (accessToken, signal) =>
    callIpc({
      socketPath,
      path: upstreamTokenPath,
      body: { accessToken },
      schema: upstreamTokenResponse,
      timeoutMs,
      signal,
    });
}
