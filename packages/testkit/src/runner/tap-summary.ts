export interface TapSummary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** `name: reason` of each skipped test. */
  readonly reasons: readonly string[];
}

/** Reads the counts of asserts that tap writes at the end of its TAP; an aborted run counts as one failure. */
export function tapSummary(tap: string): TapSummary {
  const counts = new Map<string, number>();
  const last = [...tap.matchAll(/^# \{ (.*) \}$/gm)].at(-1)?.[1];
  for (const [, name, count] of (last ?? "").matchAll(/(\w+): (\d+)/g)) counts.set(name!, Number(count));
  const reasons = [...tap.matchAll(/^ *ok \d+ - (.*?) # SKIP ?(.*)$/gm)].map(
    ([, name, reason]) => `${name}: ${reason || "no reason given"}`,
  );
  return {
    passed: counts.get("pass") ?? 0,
    failed: (counts.get("fail") ?? 0) + (counts.get("todo") ?? 0) + (last === undefined ? 1 : 0),
    skipped: counts.get("skip") ?? 0,
    reasons,
  };
}

/** Stands for a suite that did not run because it would have begun after so many minutes. */
export function skippedSuite(name: string, minutes: number): TapSummary {
  const reason = `it would begin after ${Math.round(minutes)} minutes, later than --start-by allows`;
  return { passed: 0, failed: 0, skipped: 1, reasons: [`the suite ${name}: ${reason}`] };
}

/** The sum over several runs. */
export function addSummaries(summaries: readonly TapSummary[]): TapSummary {
  const sum = (count: (summary: TapSummary) => number) =>
    summaries.reduce((total, summary) => total + count(summary), 0);
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
    reasons: summaries.flatMap(({ reasons }) => reasons),
  };
}

export function summaryLine({ passed, failed, skipped }: TapSummary): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
