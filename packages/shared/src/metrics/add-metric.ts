import { Counter, Gauge, type Registry } from "prom-client";

interface Metric {
  readonly name: string;
  readonly help: string;
  /** The names of its labels. */
  readonly labels?: readonly string[];
}

/** Adds a gauge; `collect` sets it on each scrape. */
export function addGauge(
  registry: Registry,
  { name, help, labels = [] }: Metric,
  collect?: (gauge: Gauge) => void | Promise<void>,
): Gauge {
  return new Gauge({ name, help, labelNames: labels, registers: [registry], ...collecting(collect) });
}

/** Adds a counter; `collect` sets it anew on each scrape, after a reset. */
export function addCounter(
  registry: Registry,
  { name, help, labels = [] }: Metric,
  collect?: (counter: Counter) => void,
): Counter {
  return new Counter({ name, help, labelNames: labels, registers: [registry], ...collecting(collect) });
}

function collecting<Kind extends Gauge | Counter>(collect?: (metric: Kind) => void | Promise<void>) {
  if (collect === undefined) return {};
  return {
    async collect(this: Kind) {
      this.reset();
      await collect(this);
    },
  };
}
