/**
 * Joins texts of the Prometheus exposition format, so that each metric has one HELP, one TYPE and all its samples
 * together. The texts are those of `createMetricsRegistry`: a blank line ends each metric.
 */
export function mergeMetrics(texts: readonly string[]): string {
  const metrics = new Map<string, string[]>();
  for (const block of texts.flatMap((text) => text.split(/\n{2,}/)).filter((block) => block.trim() !== "")) {
    const [help = "", type = "", ...samples] = block.trimEnd().split("\n");
    const head = `${help}\n${type}`;
    const merged = metrics.get(head);
    if (merged === undefined) metrics.set(head, samples);
    else merged.push(...samples);
  }
  return [...metrics].map(([head, samples]) => [head, ...samples, ""].join("\n")).join("\n");
}
