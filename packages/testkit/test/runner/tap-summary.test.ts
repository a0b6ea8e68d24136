import t from "tap";
import { addSummaries, skippedSuite, summaryLine, tapSummary } from "../../src/runner/tap-summary.ts";
import { packageCoverage } from "../../src/runner/package-coverage.ts";

t.test("reads tap's counts and the reasons of skipped tests", async (t) => {
  const summary = tapSummary(
    [
      "TAP version 14",
      "    ok 1 - inner # SKIP no forgejo-mcp on PATH",
      "    # { total: 1, pass: 0, skip: 1 }",
      "# { total: 12, pass: 9, fail: 1, skip: 2 }",
      "# time=3ms",
    ].join("\n"),
  );
  t.equal(summaryLine(summary), "9 passed, 1 failed, 2 skipped");
  t.same(summary.reasons, ["inner: no forgejo-mcp on PATH"]);
});

t.test("an aborted run counts as one failure", async (t) => {
  t.equal(summaryLine(tapSummary("TAP version 14\nok 1 - first\n")), "0 passed, 1 failed, 0 skipped");
});

t.test("adds up the summaries of several runs", async (t) => {
  const one = { passed: 2, failed: 1, skipped: 1, reasons: ["a: b"] };
  const other = { passed: 3, failed: 0, skipped: 1, reasons: ["c: d"] };
  const all = addSummaries([one, other]);
  t.equal(summaryLine(all), "5 passed, 1 failed, 2 skipped");
  t.same(all.reasons, ["a: b", "c: d"]);
});

t.test("counts a suite that would begin too late as one skipped test, with the reason", async (t) => {
  const all = addSummaries([{ passed: 2, failed: 0, skipped: 0, reasons: [] }, skippedSuite("vps", 36.4)]);
  t.equal(summaryLine(all), "2 passed, 0 failed, 1 skipped");
  t.same(all.reasons, ["the suite vps: it would begin after 36 minutes, later than --start-by allows"]);
});

t.test("adds up the coverage per package", async (t) => {
  const file = (covered: number) => ({
    lines: { total: 10, covered },
    branches: { total: 4, covered: 1 },
  });
  const rows = packageCoverage(
    {
      total: file(1),
      "/p/packages/b/src/x.ts": file(10),
      "/p/packages/b/y.ts": file(5),
      "/p/deploy/a/z.ts": file(0),
    },
    "/p",
  );
  t.match(rows, [/^deploy\/a +0\.0 % lines +25\.0 % branches$/, /^packages\/b +75\.0 % lines/]);
});
