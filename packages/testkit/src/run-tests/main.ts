import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../process/project-root.ts";
import { packageCoverage, type CoverageSummary } from "./package-coverage.ts";
import { prepareMachine } from "./prepare-machine.ts";
import { tapFailures } from "./tap-failures.ts";
import { summaryLine, tapSummary } from "./tap-summary.ts";

// The test command: sets the machine up, runs tap on the files given (default: all, see .taprc), and ends with
// `N passed, N failed, N skipped`, which .cache/test-summary holds too.

const say = (line: string) => void process.stdout.write(`${line}\n`);
const given = process.argv.slice(2);
const files = given[0] === "--" ? given.slice(1) : given;

const missing = await prepareMachine(say);
for (const line of missing) say(line);

const cache = join(projectRoot, ".cache");
const tapFile = join(cache, "test-output.tap");
const coverageFile = join(projectRoot, ".tap", "report", "coverage-summary.json");
mkdirSync(cache, { recursive: true });
for (const file of [tapFile, coverageFile]) rmSync(file, { force: true });

const reporter = process.stdout.isTTY ? "terse" : "min";
const tap = spawn(
  join(projectRoot, "node_modules", ".bin", "tap"),
  [`--reporter=${reporter}`, `--output-file=${tapFile}`, ...files],
  { cwd: projectRoot, stdio: ["ignore", "inherit", "inherit"], env: withoutSettings(process.env) },
);
const [exitCode] = (await once(tap, "exit")) as [number | null];

// tap leaves an escape code on its last line.
say("");
const output = read(tapFile) ?? "";
const counted = tapSummary(output);
const summary = { ...counted, failed: exitCode !== 0 && counted.failed === 0 ? 1 : counted.failed };
// What a terminal has seen already is said again where all can find it: just above the summary.
for (const failure of tapFailures(output)) say(failure);
for (const reason of summary.reasons) say(`skipped: ${reason}`);
const coverage = read(coverageFile);
if (coverage !== undefined) {
  say("\nCoverage");
  for (const line of packageCoverage(JSON.parse(coverage) as CoverageSummary, projectRoot)) say(`  ${line}`);
}
say("");
say(summaryLine(summary));
writeFileSync(join(cache, "test-summary"), `${summaryLine(summary)}\n`);
process.exitCode = summary.failed === 0 ? 0 : 1;

/** No setting of a shell reaches a daemon under test, but the one that names a binary for the tests. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith("FJMCP_") || name.startsWith("FJMCP_TEST_")),
  );
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
