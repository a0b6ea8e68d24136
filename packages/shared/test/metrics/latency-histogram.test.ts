import { Registry } from "prom-client";
import t from "tap";
import { LatencyHistogram } from "../../src/metrics/latency-histogram.ts";

t.test("a histogram has cumulative buckets, sum and count of each series", async (t) => {
  const registry = new Registry();
  const histogram = new LatencyHistogram(registry, { name: "x_seconds", help: "X.", label: "tool" });
  for (const seconds of [0.001, 0.005, 0.3, 1000]) histogram.series("a").observe(seconds);
  t.equal(histogram.series("a"), histogram.series("a"));
  const lines = (await registry.metrics()).split("\n");
  for (const line of [
    "# HELP x_seconds X.",
    "# TYPE x_seconds histogram",
    'x_seconds_bucket{le="0.005",tool="a"} 2',
    'x_seconds_bucket{le="0.25",tool="a"} 2',
    'x_seconds_bucket{le="0.5",tool="a"} 3',
    'x_seconds_bucket{le="300",tool="a"} 3',
    'x_seconds_bucket{le="+Inf",tool="a"} 4',
    'x_seconds_sum{tool="a"} 1000.306',
    'x_seconds_count{tool="a"} 4',
  ])
    t.ok(lines.includes(line), line);
});

t.test("a histogram without a label is there before the first observation", async (t) => {
  const registry = new Registry();
  t.ok(new LatencyHistogram(registry, { name: "y_seconds", help: "Y." }));
  t.match(await registry.metrics(), /^y_seconds_count 0$/m);
});
