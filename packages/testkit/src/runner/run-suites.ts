import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../process/project-root.ts";
import { packageCoverage } from "./package-coverage.ts";
import { prepareMachine } from "./prepare-machine.ts";
import type { RunnerArguments } from "./runner-arguments.ts";
import { runTap, type TapRun } from "./run-tap.ts";
import { suites, tapArguments } from "./suites.ts";
import { addSummaries, skippedSuite, summaryLine, type TapSummary } from "./tap-summary.ts";

const print = (line: string) => void process.stdout.write(`${line}\n`);

/**
 * Prepares the machine and runs the suites one after the other. Prints failures, skipped tests and coverage, and at the
 * end `N passed, N failed, N skipped` over all suites, which it also writes to .cache/test-summary. A suite that would
 * begin too late counts as one skipped test. Resolves with the exit code: 0 when nothing failed, otherwise 1.
 */
export async function runSuites({ suiteNames, files, startByMinutes }: RunnerArguments): Promise<number> {
  for (const line of await prepareMachine(print)) print(line);
  const runs: TapRun[] = [];
  const late: TapSummary[] = [];
  for (const name of suiteNames) {
    const minutes = performance.now() / 60_000;
    if (runs.length > 0 && minutes > startByMinutes) late.push(skippedSuite(name, minutes));
    else runs.push(await runTap(tapArguments(suites.get(name)!, files)));
  }

  // tap's last line ends with an escape code.
  print("");
  const summary = addSummaries([...runs.map((run) => run.summary), ...late]);
  // Repeats what tap has printed already, directly above the summary, where it is easy to find.
  for (const failure of runs.flatMap(({ failures }) => failures)) print(failure);
  for (const note of runs.flatMap(({ notes }) => notes)) print(note);
  for (const reason of summary.reasons) print(`skipped: ${reason}`);
  for (const { coverage } of runs) {
    if (coverage === undefined) continue;
    print("\nCoverage");
    for (const line of packageCoverage(coverage, projectRoot)) print(`  ${line}`);
  }
  print("");
  print(summaryLine(summary));
  mkdirSync(join(projectRoot, ".cache"), { recursive: true });
  writeFileSync(join(projectRoot, ".cache", "test-summary"), `${summaryLine(summary)}\n`);
  return summary.failed === 0 ? 0 : 1;
}
