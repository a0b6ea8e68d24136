import type { ListKind } from "../worker/call.ts";

/** The notification that tells a client to ask for the list again. */
export function listChanged(kind: ListKind): Buffer {
  return Buffer.from(`{"jsonrpc":"2.0","method":"notifications/${kind}/list_changed"}`);
}
