import type { Clock } from "@fjmcp/shared/clock";
import { grantUsesPath, grantUsesResponse, type GrantUsesRequest } from "@fjmcp/shared/ipc/grant-uses";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { GrantUses } from "../session/grant-uses.ts";

/** How often to flush: no grant is reported more often. */
export const reportUsesEveryMs = 10_000;
const timeoutMs = 5_000;

/**
 * Uses that are reported over the auth-server's IPC socket. A flush rejects with IpcUnavailableError, or when Redis did not
 * respond there.
 */
export function createGrantUses(socketPath: string, clock: Clock): GrantUses {
  return new GrantUses(clock, async (uses) => {
    const body = { uses: [...uses] } satisfies GrantUsesRequest;
    const path = grantUsesPath;
    const { status } = await callIpc({ socketPath, path, body, schema: grantUsesResponse, timeoutMs });
    if (status !== "ok") throw new Error("the auth-server could not record uses of grants");
  });
}
