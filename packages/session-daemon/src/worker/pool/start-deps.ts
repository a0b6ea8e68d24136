import { findExecutable } from "@fjmcp/shared/process/find-executable";
import type { ProcessGroupRegistry } from "../process/process-group-registry.ts";
import { ProgramPin } from "../sandbox/program-pin.ts";
import { WorkerSurroundings } from "../sandbox/worker-surroundings.ts";
import { noWorkerMetrics } from "../worker-metrics.ts";
import type { StartWorkerDeps } from "./start-worker.ts";
import type { WorkerPoolDeps } from "./worker-pool-deps.ts";
import { WorkerSlots } from "./worker-slots.ts";

/** The parts of a pool that its starts need. */
export function startDepsOf(deps: WorkerPoolDeps, processGroups: ProcessGroupRegistry): StartWorkerDeps {
  return {
    child: deps.child,
    forgejoUrl: deps.forgejoUrl,
    runtimeDir: deps.runtimeDir,
    environment: deps.environment,
    surroundings: new WorkerSurroundings({
      sandbox: deps.sandbox,
      runtimeDir: deps.runtimeDir,
      readPaths: deps.readPaths,
      memoryLimitMiB: deps.memoryLimitMiB,
      setpriv: findExecutable("setpriv", deps.environment.PATH),
      cgroups: deps.cgroups,
    }),
    pin: deps.childSha256 === undefined ? undefined : new ProgramPin(deps.childSha256),
    processGroups,
    childEra: deps.childEra,
    slots: new WorkerSlots({ total: deps.maxWorkers, perAccount: deps.maxWorkersPerAccount }),
    upstreamTokens: deps.upstreamTokens,
    tokenRequests: { lastHasFailed: false },
    childTools: deps.childTools,
    queueTimeoutMs: deps.queueTimeoutMs,
    startTimeoutMs: deps.startTimeoutMs,
    requestTimeoutMs: deps.requestTimeoutMs,
    maxLineBytes: deps.maxLineBytes,
    onTools: deps.onTools ?? (() => undefined),
    metrics: deps.metrics ?? noWorkerMetrics,
    clock: deps.clock,
  };
}
