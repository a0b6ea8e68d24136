import { relative } from "node:path";

interface Counted {
  readonly total: number;
  readonly covered: number;
}

/** istanbul's json-summary: one entry per file, and `total`. */
export type CoverageSummary = Readonly<
  Record<string, { readonly lines: Counted; readonly branches: Counted }>
>;

/** One line per package: the percentages of its lines and branches that were executed. */
export function packageCoverage(summary: CoverageSummary, root: string): string[] {
  const packages = Map.groupBy(
    Object.entries(summary).filter(([file]) => file !== "total"),
    ([file]) => /^(packages\/[^/]+|deploy\/[^/]+)\//.exec(relative(root, file))?.[1] ?? "elsewhere",
  );
  const rows = [...packages].toSorted(([a], [b]) => a.localeCompare(b));
  return rows.map(([name, files]) => {
    const lines = percent(files.map(([, counts]) => counts.lines));
    const branches = percent(files.map(([, counts]) => counts.branches));
    return `${name.padEnd(26)}${lines} lines  ${branches} branches`;
  });
}

function percent(counts: readonly Counted[]): string {
  const total = counts.reduce((sum, count) => sum + count.total, 0);
  const covered = counts.reduce((sum, count) => sum + count.covered, 0);
  return `${total === 0 ? "100.0" : ((100 * covered) / total).toFixed(1)} %`.padStart(7);
}
