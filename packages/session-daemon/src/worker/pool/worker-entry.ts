import type { WorkerEntry } from "@fjmcp/shared/ipc/control";
import type { Principal } from "../../auth/principal.ts";
import type { Worker } from "../child/worker.ts";

/** The worker in the form of the control socket's list. */
export function workerEntry({ grantId, accountId, clientId }: Principal, worker: Worker): WorkerEntry {
  return {
    pid: worker.pid!,
    accountId,
    clientId,
    grantId,
    state: stateOf(worker),
    callsInFlight: worker.callsInFlight,
    startedAtSec: Math.floor(worker.startedAtMs / 1000),
  };
}

function stateOf(worker: Worker): WorkerEntry["state"] {
  if (worker.state === "retiring" || worker.state === "ending") return worker.state;
  return worker.idleSinceMs === undefined ? "busy" : "idle";
}
