import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { projectRoot } from "../process/project-root.ts";
import { packageCoverage } from "./package-coverage.ts";
import { prepareMachine } from "./prepare-machine.ts";
import { runTap, type TapRun } from "./run-tap.ts";
import { isSuiteName, suites } from "./suites.ts";
import { addSummaries, summaryLine } from "./tap-summary.ts";

// The test commands: set the machine up, run each suite named (default: tests) on the files given (default: all of the
// suite), and end with `N passed, N failed, N skipped` over all of them, which .cache/test-summary holds too.

const say = (line: string) => void process.stdout.write(`${line}\n`);
const { values, positionals: files } = parseArgs({
  allowPositionals: true,
  options: { suite: { type: "string", multiple: true, default: ["tests"] } },
});
const unknown = values.suite.find((name) => !isSuiteName(name));
if (unknown !== undefined) throw new Error(`There is no suite ${unknown}: ${Object.keys(suites).join(", ")}`);

const missing = await prepareMachine(say);
for (const line of missing) say(line);

const runs: TapRun[] = [];
for (const name of values.suite.filter(isSuiteName)) runs.push(await runTap(suites[name](files)));

// tap leaves an escape code on its last line.
say("");
const summary = addSummaries(runs.map((run) => run.summary));
// What a terminal has seen already is said again where all can find it: just above the summary.
for (const failure of runs.flatMap(({ failures }) => failures)) say(failure);
for (const reason of summary.reasons) say(`skipped: ${reason}`);
for (const { coverage } of runs) {
  if (coverage === undefined) continue;
  say("\nCoverage");
  for (const line of packageCoverage(coverage, projectRoot)) say(`  ${line}`);
}
say("");
say(summaryLine(summary));
writeFileSync(join(projectRoot, ".cache", "test-summary"), `${summaryLine(summary)}\n`);
process.exitCode = summary.failed === 0 ? 0 : 1;
