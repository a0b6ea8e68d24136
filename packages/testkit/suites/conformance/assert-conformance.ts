import type { Test } from "tap";
import { readExpectedFailures } from "./expected-failures.ts";
import { runConformance, scoredScenarios, type ConformanceRun } from "./run-conformance.ts";

/** How much of the suite's output is shown when it exits with a failure. */
const shownLines = 20;

/**
 * Runs the suite's scenarios for a revision of MCP: one assertion per scored scenario, which lists the messages of the
 * checks that failed, and one that nothing in expected-failures/NAME.yaml has passed.
 */
export async function assertConformance(
  t: Test,
  options: { url: string; revision: "2025-11-25" | "2026-07-28"; expectedFailures: string },
): Promise<void> {
  const { url, revision } = options;
  const expected = await readExpectedFailures(options.expectedFailures);
  const run = await runConformance("server", {
    url,
    requirements: revision,
    "expected-failures": expected.file,
  });
  for (const scenario of await scoredScenarios(revision)) {
    t.same(unexpectedFailures(run, scenario, expected.checks), [], `${revision} ${scenario}`);
  }
  const tail = run.output.trimEnd().split("\n").slice(-shownLines);
  t.equal(run.exitCode, 0, `${revision}: each expected failure has failed`, { output: tail });
}

/** One line per check that failed, or gave a warning as the suite counts it too, and was not expected to. */
function unexpectedFailures(
  run: ConformanceRun,
  scenario: string,
  expected: ReadonlySet<string> = new Set(),
): string[] {
  const checks = run.scenarios.get(scenario);
  if (checks === undefined) return ["The scenario left no result"];
  return checks
    .filter(
      ({ id, status }) =>
        (status === "FAILURE" || status === "WARNING") && !expected.has(`${scenario}:${id}`),
    )
    .map(({ id, errorMessage, description }) => `${scenario}:${id}: ${errorMessage ?? description}`);
}
