import type { GrantId } from "@fjmcp/shared/ids";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import type { Worker } from "../child/worker.ts";
import type { GrantClients } from "../grant-clients.ts";
import { requestChild } from "./child-request.ts";

/** Tells a new worker the log level and the subscriptions of its grant, as far as its child offers them. */
export function restoreGrantState(
  worker: Worker,
  { logging, resources }: InitializeResult["capabilities"],
  clients: GrantClients,
  grantId: GrantId,
): void {
  const level = clients.logLevel(grantId);
  if (logging !== undefined && level !== undefined) tell(worker, "logging/setLevel", { level });
  if (resources?.subscribe !== true) return;
  for (const uri of clients.subscribedUris(grantId)) tell(worker, "resources/subscribe", { uri });
}

/** A request whose response changes nothing. */
function tell(worker: Worker, method: string, params: Readonly<Record<string, unknown>>): void {
  requestChild(worker, method, params).catch(() => undefined);
}
