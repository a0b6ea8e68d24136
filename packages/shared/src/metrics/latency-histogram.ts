import type { Metric, Registry } from "prom-client";

/** In seconds: a cached list is in the first bucket, a call at its timeout in the last. */
const upperBoundsSec = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** One time series of a LatencyHistogram. `observe` costs some additions: no label is looked up. */
export class LatencySeries {
  /** By bucket, not cumulative; the last is +Inf. */
  readonly counts: number[] = Array.from({ length: upperBoundsSec.length + 1 }, () => 0);
  sumSec = 0;

  observe(seconds: number): void {
    let bucket = 0;
    while (bucket < upperBoundsSec.length && seconds > upperBoundsSec[bucket]!) bucket++;
    this.counts[bucket]!++;
    this.sumSec += seconds;
  }
}

/**
 * A Prometheus histogram of durations for what happens thousands of times a second: prom-client's own builds a key of its
 * labels on each observation. The caller bounds the number of series.
 */
export class LatencyHistogram {
  readonly #label: string | undefined;
  readonly #series = new Map<string, LatencySeries>();

  /** `label` is the name of its only label; without one it has one series, `series("")`. */
  constructor(registry: Registry, metric: { name: string; help: string; label?: string }) {
    this.#label = metric.label;
    const { name, help } = metric;
    const get = async () => ({
      name,
      help,
      type: "histogram",
      aggregator: "sum",
      values: this.#values(name),
    });
    // The part of a metric that a registry uses; its TypeScript type is that of prom-client's own classes.
    registry.registerMetric({ name, help, get } as unknown as Metric);
    if (this.#label === undefined) this.series("");
  }

  /** The series of a value of the label, always the same one. */
  series(value: string): LatencySeries {
    let series = this.#series.get(value);
    if (series === undefined) this.#series.set(value, (series = new LatencySeries()));
    return series;
  }

  #values(name: string): Sample[] {
    return [...this.#series].flatMap(([value, { counts, sumSec }]) => {
      const labels: Sample["labels"] = this.#label === undefined ? {} : { [this.#label]: value };
      let total = 0;
      const samples = counts.map((count, index): Sample => {
        total += count;
        const le = upperBoundsSec[index] ?? "+Inf";
        return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: total };
      });
      samples.push(
        { metricName: `${name}_sum`, labels, value: sumSec },
        { metricName: `${name}_count`, labels, value: total },
      );
      return samples;
    });
  }
}

interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}
