import { spawnSync } from "node:child_process";
import { join } from "node:path";
import t from "tap";
import { projectRoot } from "../../src/process/project-root.ts";
import { runnerArguments } from "../../src/runner/runner-arguments.ts";
import { suites, tapArguments } from "../../src/runner/suites.ts";

t.test("runs the suite tests by default, and several suites in the given order", async (t) => {
  t.same(runnerArguments([]), {
    list: false,
    suiteNames: ["tests"],
    files: [],
    startByMinutes: Infinity,
  });
  t.same(runnerArguments(["--suite=faults", "--suite", "tests", "a.test.ts"]), {
    list: false,
    suiteNames: ["faults", "tests"],
    files: ["a.test.ts"],
    startByMinutes: Infinity,
  });
  t.equal(runnerArguments(["--start-by=34"]).startByMinutes, 34);
});

t.test("rejects unknown options and suites and names them", async (t) => {
  for (const word of [
    "--suit=tests",
    "--suite=vault",
    "--list=yes",
    "--start-by=noon",
    "--start-by=",
    "--start-by=-1",
  ]) {
    const message = /suit|vault|--list|--start-by/;
    t.throws(() => runnerArguments([word]), { name: "RunnerUsageError", message }, word);
  }
});

t.test("a suite passes its flags and its own files to tap, or only the given ones", async (t) => {
  const faults = suites.get("faults")!;
  t.ok(tapArguments(faults, []).some((word) => word.endsWith("chaos.faults.ts")));
  t.same(tapArguments(faults, ["x.faults.ts"]), [...faults.flags, "x.faults.ts"]);
  t.same(tapArguments(suites.get("coverage")!, []), [], "the files of .taprc");
});

t.test("prints the suites with --list, and the usage with exit code 2 for a fault", async (t) => {
  const main = join(projectRoot, "packages/testkit/src/runner/main.ts");
  const run = (...words: string[]) => spawnSync(process.execPath, [main, ...words], { encoding: "utf8" });
  const listed = run("--list");
  t.equal(listed.status, 0);
  for (const [name, { summary }] of suites) t.match(listed.stdout, new RegExp(`  ${name} +${summary}`));
  const faulty = run("--nonsense");
  t.equal(faulty.status, 2);
  t.match(faulty.stderr, /--nonsense[^]*usage:[^]*Suites:/);
});
