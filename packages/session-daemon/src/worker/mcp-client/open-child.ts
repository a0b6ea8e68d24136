import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import { CallError } from "../call.ts";
import { connectionEnded } from "../calls/call-errors.ts";
import type { Worker } from "../child/worker.ts";
import type { ClientIdentity } from "../client-identity.ts";
import type { ChildEraMemory } from "./child-era-memory.ts";
import { discoverChild } from "./discover-child.ts";
import { initializeChild } from "./initialize-child.ts";

/**
 * Opens the conversation with a new child: offers 2026-07-28, unless its configuration is known to need `initialize`.
 * Resolves with what it says of itself; with undefined when it died or was silent after the offer: then a new process must
 * be opened by `openWithSessions`. Rejects as `initializeChild`.
 */
export async function openChild(
  worker: Worker,
  memory: ChildEraMemory,
  offerTimeoutMs: number,
): Promise<InitializeResult | undefined> {
  if (memory.era === "sessions") return await openWithSessions(worker, memory, offerTimeoutMs, undefined);
  const discovery = await discoverChild(worker, offerTimeoutMs);
  if (typeof discovery !== "string") return accept(memory, discovery);
  const wasEnded = worker.state === "ending" && !worker.hasCrashed;
  if (wasEnded) throw connectionEnded();
  memory.set("sessions");
  if (discovery === "silent") return undefined;
  worker.setEra("sessions");
  return await initializeChild(worker, undefined);
}

/**
 * Opens it by `initialize`, for this client or the broker, and offers 2026-07-28 only to a child that rejects that: it may
 * have been slow or replaced. Rejects as `initializeChild`.
 */
export async function openWithSessions(
  worker: Worker,
  memory: ChildEraMemory,
  offerTimeoutMs: number,
  client: ClientIdentity | undefined,
): Promise<InitializeResult> {
  worker.setEra("sessions");
  try {
    return await initializeChild(worker, client);
  } catch (error) {
    if (error instanceof CallError) throw error;
    const discovery = await discoverChild(worker, offerTimeoutMs);
    if (typeof discovery === "string") throw error;
    return accept(memory, discovery);
  }
}

function accept(memory: ChildEraMemory, discovery: InitializeResult): InitializeResult {
  memory.set("stateless");
  return discovery;
}
