import { LatencyHistogram } from "@fjmcp/shared/metrics/latency-histogram";
import { addCounter } from "@fjmcp/shared/metrics/add-metric";
import type { Registry } from "prom-client";
import type { WorkerMetrics } from "../worker/worker-metrics.ts";

/** WorkerMetrics for Prometheus. */
export function createWorkerMetrics(registry: Registry): WorkerMetrics {
  const spawn = new LatencyHistogram(registry, {
    name: "fjmcp_worker_spawn_seconds",
    help: "From the spawn of a worker to its response to initialize, without a wait for its Forgejo token.",
  }).series("");
  const start = new LatencyHistogram(registry, {
    name: "fjmcp_worker_start_seconds",
    help: "The whole start of a worker: a free slot, a Forgejo token, the process.",
  }).series("");
  const wait = new LatencyHistogram(registry, {
    name: "fjmcp_queue_wait_seconds",
    help: "How long calls waited for a worker; calls that found one ready are not counted.",
  }).series("");
  const failed = addCounter(registry, {
    name: "fjmcp_worker_start_failures_total",
    help: "Starts of workers that failed, whatever the reason.",
  });
  const exited = addCounter(registry, {
    name: "fjmcp_worker_exits_total",
    help: "Workers that exited by themselves.",
    labels: ["reason"],
  });
  for (const reason of ["crashed", "out_of_memory"]) exited.inc({ reason }, 0);
  return {
    onStarted({ spawnSec, startSec }) {
      spawn.observe(spawnSec);
      start.observe(startSec);
    },
    onStartFailed: () => failed.inc(),
    onExited: ({ outOfMemory }) => exited.inc({ reason: outOfMemory ? "out_of_memory" : "crashed" }),
    onWaited: (seconds) => wait.observe(seconds),
  };
}
