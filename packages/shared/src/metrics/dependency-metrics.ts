import { setTimeout as sleep } from "node:timers/promises";
import type { Registry } from "prom-client";
import type { ComponentHealth } from "../component-health.ts";
import { addGauge } from "./add-metric.ts";

/** A check opens connections: not for every scrape. */
const freshMs = 10_000;
/** A scrape waits no longer, and shows what was found last. */
const waitMs = 2_000;

/**
 * `fjmcp_dependency_up`: whether each thing that the daemon needs is well, as `/health` has it. It is checked on a scrape,
 * at most every 10 s; 0 until the first check is done. The checks never reject.
 */
export function addDependencyMetrics(
  registry: Registry,
  checks: Readonly<Record<string, () => Promise<ComponentHealth>>>,
): void {
  const found = new Map<string, ComponentHealth>();
  let checkedAtMs = Number.NEGATIVE_INFINITY;
  let running: Promise<unknown> | undefined;

  async function check(): Promise<void> {
    if (running === undefined && performance.now() - checkedAtMs >= freshMs) {
      const all = Object.entries(checks).map(async ([name, look]) => void found.set(name, await look()));
      running = Promise.all(all).finally(() => {
        running = undefined;
        checkedAtMs = performance.now();
      });
    }
    await Promise.race([running, sleep(waitMs, undefined, { ref: false })]);
  }

  const up = {
    name: "fjmcp_dependency_up",
    help: "1 when the dependency is well, else 0; the status is that of /health.",
    labels: ["dependency", "status"],
  };
  addGauge(registry, up, async (metric) => {
    await check();
    for (const dependency of Object.keys(checks)) {
      const status = found.get(dependency)?.status ?? "away";
      metric.set({ dependency, status }, status === "ok" ? 1 : 0);
    }
  });
}
