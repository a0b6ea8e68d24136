/** Prints a figure of the run, past the reporter, which shows no comments. */
export function printFigure(name: string, value: string): void {
  process.stderr.write(`vps  ${name.padEnd(64)} ${value}\n`);
}

/** A duration as a figure. */
export function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
