import type { GrantId } from "@fjmcp/shared/ids";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import type { Worker } from "../child/worker.ts";
import type { GrantClients } from "../grant-clients.ts";
import { requestIgnoringResponse } from "./child-request.ts";

/** Sends a new worker the log level and the subscriptions of its grant, as far as its child offers them. */
export function restoreGrantState(
  worker: Worker,
  { logging, resources }: InitializeResult["capabilities"],
  clients: GrantClients,
  grantId: GrantId,
): void {
  const level = clients.logLevel(grantId);
  if (logging !== undefined && level !== undefined)
    requestIgnoringResponse(worker, "logging/setLevel", { level });
  if (resources?.subscribe !== true) return;
  for (const uri of clients.subscribedUris(grantId))
    requestIgnoringResponse(worker, "resources/subscribe", { uri });
}
