import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../process/project-root.ts";
import type { CoverageSummary } from "./package-coverage.ts";
import { tapFailures } from "./tap-failures.ts";
import { tapNotes } from "./tap-notes.ts";
import { tapSummary, type TapSummary } from "./tap-summary.ts";

/** The result of one run of tap. */
export interface TapRun {
  readonly summary: TapSummary;
  /** Each failed assert, as readable lines. */
  readonly failures: readonly string[];
  /** Each comment of a test that starts with `note:`. */
  readonly notes: readonly string[];
  /** Undefined when none was measured. */
  readonly coverage: CoverageSummary | undefined;
}

const cache = join(projectRoot, ".cache");
const tapFile = join(cache, "test-output.tap");
const coverageFile = join(projectRoot, ".tap", "report", "coverage-summary.json");

/** Runs tap with these arguments; its progress goes to stdout and stderr. A failing exit without a failed assert counts as one failure. */
export async function runTap(tapArguments: readonly string[]): Promise<TapRun> {
  mkdirSync(cache, { recursive: true });
  for (const file of [tapFile, coverageFile]) rmSync(file, { force: true });
  const reporter = process.stdout.isTTY ? "terse" : "min";
  const tap = spawn(
    join(projectRoot, "node_modules", ".bin", "tap"),
    [`--reporter=${reporter}`, `--output-file=${tapFile}`, ...tapArguments],
    { cwd: projectRoot, stdio: ["ignore", "inherit", "inherit"], env: testEnvironment(process.env) },
  );
  const [exitCode] = (await once(tap, "exit")) as [number | null];
  const output = read(tapFile) ?? "";
  const counted = tapSummary(output);
  const coverage = read(coverageFile);
  return {
    summary: { ...counted, failed: exitCode !== 0 && counted.failed === 0 ? 1 : counted.failed },
    failures: tapFailures(output),
    notes: tapNotes(output),
    coverage: coverage === undefined ? undefined : (JSON.parse(coverage) as CoverageSummary),
  };
}

/**
 * Drops the FJMCP_ settings of the shell, which must not reach a daemon under test; those for the tests themselves stay.
 * All test files load the same modules: the compile cache spares each of them a part of that.
 */
function testEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) => !name.startsWith("FJMCP_") || name.startsWith("FJMCP_TEST_"),
  );
  return { ...Object.fromEntries(kept), NODE_COMPILE_CACHE: join(cache, "compile-cache") };
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
