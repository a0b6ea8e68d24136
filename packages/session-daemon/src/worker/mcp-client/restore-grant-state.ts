import type { GrantId } from "@fjmcp/shared/ids";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import type { Worker } from "../child/worker.ts";
import type { GrantClients } from "../grant-clients.ts";
import { requestIgnoringResponse } from "./child-request.ts";
import type { ChildSubscriptions } from "./child-subscriptions.ts";

interface NewWorker {
  readonly worker: Worker;
  readonly initializeResult: InitializeResult;
  readonly subscriptions: ChildSubscriptions | undefined;
}

/**
 * Sends a new worker the log level and the subscriptions of its grant, as far as its child offers them. One without sessions
 * gets the level with each request.
 */
export function restoreGrantState(
  { worker, initializeResult, subscriptions }: NewWorker,
  clients: GrantClients,
  grantId: GrantId,
): void {
  if (subscriptions !== undefined) {
    subscriptions.update().catch(() => undefined);
    return;
  }
  const { logging, resources } = initializeResult.capabilities;
  const level = clients.logLevel(grantId);
  if (logging !== undefined && level !== undefined)
    requestIgnoringResponse(worker, "logging/setLevel", { level });
  if (resources?.subscribe !== true) return;
  for (const uri of clients.subscribedUris(grantId))
    requestIgnoringResponse(worker, "resources/subscribe", { uri });
}
