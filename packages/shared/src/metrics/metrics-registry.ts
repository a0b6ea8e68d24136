import { Registry } from "prom-client";
import { version } from "../version.ts";
import { addGauge } from "./add-metric.ts";
import { addProcessMetrics } from "./process-metrics.ts";

/** The metrics of one daemon. */
export type MetricsRegistry = Registry;

/**
 * The metrics of one daemon, with those of its process; every time series has the label `daemon`, so that those of both
 * fit into one scrape.
 */
export function createMetricsRegistry(daemon: "auth-server" | "session-daemon"): MetricsRegistry {
  const registry = new Registry();
  registry.setDefaultLabels({ daemon });
  const info = {
    name: "fjmcp_build_info",
    help: "Always 1; the label has the version.",
    labels: ["version"],
  };
  addGauge(registry, info).set({ version }, 1);
  addProcessMetrics(registry);
  return registry;
}
