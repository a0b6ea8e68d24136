import type { WorkerEntry } from "@fjmcp/shared/ipc/control";
import type { Principal } from "@fjmcp/shared/principal";
import type { Worker } from "../child/worker.ts";

/** A worker as lists show it, without its memory. */
export function workerEntry({ grantId, accountId, clientId }: Principal, worker: Worker): WorkerEntry {
  const { lastUsedAtMs } = worker;
  return {
    pid: worker.pid!,
    accountId,
    clientId,
    grantId,
    state: stateOf(worker),
    callsInFlight: worker.callsInFlight,
    calls: worker.calls,
    startedAtSec: Math.floor(worker.startedAtMs / 1000),
    ...(lastUsedAtMs !== undefined && { lastUsedAtSec: Math.floor(lastUsedAtMs / 1000) }),
  };
}

function stateOf(worker: Worker): WorkerEntry["state"] {
  if (worker.state === "retiring" || worker.state === "ending") return worker.state;
  return worker.idleSinceMs === undefined ? "busy" : "idle";
}
