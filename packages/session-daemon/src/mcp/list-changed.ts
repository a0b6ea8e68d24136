import type { ListKind } from "../worker/call.ts";

/** The notification that makes a client request the list again (MCP, "List Changed Notification"). */
export function listChanged(kind: ListKind): Buffer {
  return Buffer.from(`{"jsonrpc":"2.0","method":"notifications/${kind}/list_changed"}`);
}
