import { readdirSync } from "node:fs";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { Registry } from "prom-client";
import { addCounter, addGauge } from "./add-metric.ts";

const resolutionMs = 20;
const lagQuantiles = { "0.5": 50, "0.9": 90, "0.99": 99, "1": 100 } as const;

/**
 * Metrics of the process and its event loop, by the names that Prometheus clients use. Not prom-client's default ones:
 * these watch every garbage collection, of which there are hundreds a second under load (docs/adr/0007).
 */
export function addProcessMetrics(registry: Registry): void {
  const startedAtSec = performance.timeOrigin / 1000;
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  let utilization = performance.eventLoopUtilization();

  gauge("process_start_time_seconds", "Start of the process since the epoch.", () => startedAtSec);
  gauge("process_resident_memory_bytes", "Resident memory.", () => process.memoryUsage.rss());
  gauge("process_open_fds", "Open file descriptors.", () => readdirSync("/proc/self/fd").length);
  gauge("nodejs_heap_used_bytes", "Used heap of V8.", () => process.memoryUsage().heapUsed);
  gauge("nodejs_external_memory_bytes", "Memory outside of V8's heap.", () => process.memoryUsage().external);
  gauge("nodejs_eventloop_utilization", "Busy part of the event loop's time since the last scrape.", () => {
    const now = performance.eventLoopUtilization();
    const since = performance.eventLoopUtilization(now, utilization);
    utilization = now;
    return since.utilization;
  });
  const lag = {
    name: "nodejs_eventloop_lag_seconds",
    help: "Quantiles of the event loop's delay since the last scrape.",
    labels: ["quantile"],
  };
  addGauge(registry, lag, (metric) => {
    for (const [quantile, percentile] of Object.entries(lagQuantiles)) {
      const lagMs = delay.percentile(percentile) / 1e6 - resolutionMs;
      metric.set({ quantile }, Math.max(0, lagMs) / 1000);
    }
    delay.reset();
  });
  const cpu = {
    name: "process_cpu_seconds_total",
    help: "CPU time of the process, its children not included.",
  };
  addCounter(registry, cpu, (metric) => {
    const { user, system } = process.cpuUsage();
    metric.inc((user + system) / 1e6);
  });

  function gauge(name: string, help: string, read: () => number): void {
    addGauge(registry, { name, help }, (metric) => metric.set(read()));
  }
}
