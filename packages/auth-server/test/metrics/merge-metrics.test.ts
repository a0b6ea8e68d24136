import { addCounter } from "@fjmcp/shared/metrics/add-metric";
import { createMetricsRegistry } from "@fjmcp/shared/metrics/metrics-registry";
import t from "tap";
import { mergeMetrics } from "../../src/metrics/merge-metrics.ts";

t.test("merged texts have each metric once, with the samples of both daemons", async (t) => {
  const texts = await Promise.all(
    (["auth-server", "session-daemon"] as const).map(async (daemon) => {
      const registry = createMetricsRegistry(daemon);
      addCounter(registry, { name: `${daemon.replace("-", "_")}_total`, help: "Own." }).inc();
      return await registry.metrics();
    }),
  );
  const merged = mergeMetrics([...texts, ""]);
  const helps = [...merged.matchAll(/^# HELP (\S+) /gm)].map(([, name]) => name);
  t.equal(helps.length, new Set(helps).size);
  t.match(
    merged,
    /# TYPE process_open_fds gauge\nprocess_open_fds\{daemon="auth-server"\} \d+\nprocess_open_fds\{daemon="session-daemon"\} \d+\n\n/,
  );
  for (const own of [
    'auth_server_total{daemon="auth-server"} 1',
    'session_daemon_total{daemon="session-daemon"} 1',
  ])
    t.ok(merged.split("\n").includes(own), own);
});
