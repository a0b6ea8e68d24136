import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { projectRoot } from "../../src/process/project-root.ts";

const runbook = read("docs/setup/sign-outs.md");

t.test("the runbook has exactly the reasons of a revocation", async (t) => {
  const [, list] = /revocationReasons = \[([^\]]*)\]/.exec(read("packages/shared/src/ipc/explain.ts"))!;
  const reasons = [...list!.matchAll(/"(\w+)"/g)].map(([, reason]) => reason!);
  t.ok(reasons.length >= 8, "the reasons were found");
  t.strictSame(firstColumn("By reason"), reasons);
});

t.test("the runbook has exactly the errors that make a client ask for a sign-in", async (t) => {
  const source = read("packages/auth-server/src/metrics/auth-metrics.ts");
  const [, list] = /for \(const error of \[([^\]]*)\]/.exec(source)!;
  const errors = [...list!.matchAll(/"(\w+)"/g)].map(([, error]) => error!);
  t.strictSame(firstColumn("Without a revocation"), errors);
});

t.test(
  "each row of the runbook says what happened and what to do, and names events that are logged",
  async (t) => {
    const events = new Set(
      [...read("docs/reference/log-events.md").matchAll(/^\| `([\w.]+)`/gm)].map(([, event]) => event!),
    );
    const rows = [...rowsOf("By reason"), ...rowsOf("Without a revocation")];
    for (const [name, what, , advice] of rows) t.ok(what !== "" && advice !== "", name!);
    const named = [...runbook.matchAll(/`([a-z_]+\.[a-z_]+)`/g)].map(([, event]) => event!);
    t.ok(named.length >= 8, "the events were found");
    for (const event of named) t.ok(events.has(event), event);
  },
);

t.test("each metric that the runbook names exists", async (t) => {
  const source = read("packages/auth-server/src/metrics/auth-metrics.ts");
  for (const [, metric] of runbook.matchAll(/`(fjmcp_\w+)`/g)) t.ok(source.includes(`"${metric}"`), metric!);
});

function firstColumn(heading: string): string[] {
  return rowsOf(heading).map(([name]) => name!.replaceAll("`", ""));
}

/** The cells of the table below a heading. */
function rowsOf(heading: string): string[][] {
  const section = runbook.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  return section
    .split("\n")
    .filter((line) => line.startsWith("| `") && !/^\| `(reason|error)` /.test(line))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

function read(file: string): string {
  return readFileSync(join(projectRoot, file), "utf8");
}
