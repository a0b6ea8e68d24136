import { addGauge } from "@fjmcp/shared/metrics/add-metric";
import type { Registry } from "prom-client";
import type { ActiveExchanges } from "../session/active-exchanges.ts";
import type { WorkerPool } from "../worker/worker-pool.ts";

interface LoadSources {
  readonly pool: WorkerPool;
  readonly exchanges: ActiveExchanges;
  readonly maxWorkers: number;
}

const readyStates = ["idle", "busy", "retiring", "ending"] as const;

/** Gauges of what there is at the moment of a scrape. */
export function addLoadMetrics(registry: Registry, { pool, exchanges, maxWorkers }: LoadSources): void {
  const workers = { name: "fjmcp_workers", help: "Worker processes, by state.", labels: ["state"] };
  addGauge(registry, workers, (metric) => {
    const listed = pool.list();
    metric.set({ state: "starting" }, pool.startingCount());
    for (const state of readyStates)
      metric.set({ state }, listed.filter((one) => one.state === state).length);
  });
  gauge("fjmcp_workers_max", "The limit of worker processes.", () => maxWorkers);
  gauge("fjmcp_calls_active", "Requests whose clients wait for the response.", () => exchanges.callCount);
  gauge("fjmcp_calls_waiting", "Calls that wait for a worker.", () => pool.counts().waiting);
  gauge("fjmcp_streams", "Standalone event streams with a client.", () => exchanges.streamCount);

  function gauge(name: string, help: string, value: () => number): void {
    addGauge(registry, { name, help }, (metric) => metric.set(value()));
  }
}
