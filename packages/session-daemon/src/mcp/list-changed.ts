import type { GrantId } from "@fjmcp/shared/ids";
import type { ActiveExchanges } from "../session/active-exchanges.ts";
import type { ListKind } from "../worker/call.ts";

/** The notification that makes a client request the list again (MCP, "List Changed Notification"). */
export function listChanged(kind: ListKind): Buffer {
  return Buffer.from(`{"jsonrpc":"2.0","method":"notifications/${kind}/list_changed"}`);
}

/** Makes the clients of a grant request every list again: what it allows has changed. */
export function broadcastAllListsChanged(exchanges: ActiveExchanges, grantId: GrantId): void {
  for (const kind of ["tools", "resources", "prompts"] as const) {
    exchanges.broadcast(grantId, listChanged(kind));
  }
}
