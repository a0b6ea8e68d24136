import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../process/project-root.ts";
import type { CoverageSummary } from "./package-coverage.ts";
import type { Suite } from "./suites.ts";
import { tapFailures } from "./tap-failures.ts";
import { tapSummary, type TapSummary } from "./tap-summary.ts";

/** What one run of tap found. */
export interface TapRun {
  readonly summary: TapSummary;
  /** Each failed assert, as lines for a person. */
  readonly failures: readonly string[];
  /** Undefined where none was measured. */
  readonly coverage: CoverageSummary | undefined;
}

const cache = join(projectRoot, ".cache");
const tapFile = join(cache, "test-output.tap");
const coverageFile = join(projectRoot, ".tap", "report", "coverage-summary.json");

/** Runs a suite; its progress goes to stdout and stderr. An exit code that no failure explains counts as one. */
export async function runTap(suite: Suite): Promise<TapRun> {
  mkdirSync(cache, { recursive: true });
  for (const file of [tapFile, coverageFile]) rmSync(file, { force: true });
  const reporter = process.stdout.isTTY ? "terse" : "min";
  const tap = spawn(
    join(projectRoot, "node_modules", ".bin", "tap"),
    [`--reporter=${reporter}`, `--output-file=${tapFile}`, ...suite.tapArguments],
    { cwd: projectRoot, stdio: ["ignore", "inherit", "inherit"], env: withoutSettings(process.env) },
  );
  const [exitCode] = (await once(tap, "exit")) as [number | null];
  const output = read(tapFile) ?? "";
  const counted = tapSummary(output);
  const coverage = read(coverageFile);
  return {
    summary: { ...counted, failed: exitCode !== 0 && counted.failed === 0 ? 1 : counted.failed },
    failures: tapFailures(output),
    coverage: coverage === undefined ? undefined : (JSON.parse(coverage) as CoverageSummary),
  };
}

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
