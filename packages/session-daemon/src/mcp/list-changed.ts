import type { GrantId } from "@fjmcp/shared/ids";
import { serializeNotification } from "../jsonrpc/request-serializer.ts";
import type { ActiveExchanges } from "../session/active-exchanges.ts";
import { listKinds, type ListKind } from "../worker/call.ts";
import type { WorkerPool } from "../worker/worker-pool.ts";

/** The notification that makes a client request the list again (MCP, "List Changed Notification"). */
export function listChanged(kind: ListKind): Buffer {
  return Buffer.from(serializeNotification(`notifications/${kind}/list_changed`));
}

/**
 * Makes the clients of a grant request every list of its child again: what it allows has changed. Where no result of the
 * child is kept, as of one for each session, lists of every kind.
 */
export function broadcastAllListsChanged(
  exchanges: ActiveExchanges,
  pool: Pick<WorkerPool, "keptResult">,
  grantId: GrantId,
): void {
  const listener = exchanges.listenerOf(grantId);
  if (listener === undefined) return;
  const capabilities = pool.keptResult(listener)?.capabilities;
  for (const kind of listKinds) {
    const isOffered = capabilities === undefined || capabilities[kind] !== undefined;
    if (isOffered) exchanges.broadcast(grantId, listChanged(kind));
  }
}
