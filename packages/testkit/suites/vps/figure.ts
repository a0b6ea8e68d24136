import type { Test } from "tap";

/** Reports a figure of the run as a note, which the summary repeats. */
export function reportFigure(t: Test, name: string, value: string): void {
  t.comment(`note: ${name.padEnd(64)} ${value}`);
}

/** A duration as a figure. */
export function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
