import { createMetricsRegistry, type MetricsRegistry } from "@fjmcp/shared/metrics/metrics-registry";
import type { CallMetrics } from "../observation/call-recorder.ts";
import type { WorkerMetrics } from "../worker/worker-metrics.ts";
import { createCallMetrics } from "./call-metrics.ts";
import { createRequestMetrics, type RequestMetrics } from "./request-metrics.ts";
import { createWorkerMetrics } from "./worker-metrics.ts";

/** The registry that a scrape reads, and what the parts of the daemon count in it. */
interface DaemonMetrics {
  readonly registry: MetricsRegistry;
  readonly calls: CallMetrics;
  readonly requests: RequestMetrics;
  readonly workers: WorkerMetrics;
}

/** The metrics of the session-daemon. `addLoadMetrics` and `addDependencyMetrics` add those that are read on a scrape. */
export function createDaemonMetrics(): DaemonMetrics {
  const registry = createMetricsRegistry("session-daemon");
  return {
    registry,
    calls: createCallMetrics(registry),
    requests: createRequestMetrics(registry),
    workers: createWorkerMetrics(registry),
  };
}
