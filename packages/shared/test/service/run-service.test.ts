import t from "tap";
import { version } from "../../src/version.ts";
import { startProgram as start } from "../support/start-program.ts";

t.test("logs an uncaught error without its extra members and exits 1", async (t) => {
  for (const fault of ["throw", "reject"]) {
    const { exited, lines } = start(t, { FJMCP_DRAIN: "quick", FJMCP_START: fault });
    t.strictSame(await exited, [1, null], fault);
    t.match(JSON.parse(lines.at(-1)!), { level: "fatal", err: { message: "no luck later" } });
    t.notMatch(lines.join("\n"), /an argument/);
  }
});

t.test("logs process warnings and console output as JSON lines", async (t) => {
  const { child, line, exited, lines } = start(t, { FJMCP_DRAIN: "quick", FJMCP_START: "warn" });
  for (const text of ["TimeoutNegativeWarning", "DEP9999", "a library's text", '"ready"']) await line(text);
  child.kill("SIGTERM");
  t.strictSame(await exited, [0, null]);
  const parsed = lines.map((text) => JSON.parse(text) as Record<string, unknown>);
  const events = parsed.filter(({ event }) => event !== undefined);
  t.match(
    events.toSorted((a, b) => String(a.msg).localeCompare(String(b.msg))),
    [
      { level: "warn", event: "process.warning", name: "TimeoutNegativeWarning", msg: /^-5/ },
      {
        level: "warn",
        event: "console.output",
        method: "error",
        msg: /^a library's text Error: with a stack/,
      },
      {
        level: "warn",
        event: "process.warning",
        name: "DeprecationWarning",
        code: "DEP9999",
        msg: "an old function",
      },
    ],
  );
});

t.test("logs a failed stop without extra members and exits 1", async (t) => {
  const { child, line, exited, lines } = start(t, { FJMCP_DRAIN: "bad", FJMCP_START: "good" });
  await line('"ready"');
  child.kill("SIGTERM");
  t.strictSame(await exited, [1, null]);
  t.match(JSON.parse(lines.at(-1)!), { level: "fatal", err: { message: "no luck at the end" } });
  t.notMatch(lines.join("\n"), /an argument/);
});

t.test("logs a failed start and exits 1", async (t) => {
  const { exited, lines } = start(t, { FJMCP_DRAIN: "quick", FJMCP_START: "bad" });
  t.strictSame(await exited, [1, null]);
  t.match(lines.join("\n"), /could not start.*|no luck/);
});

t.test("prints every fault of the configuration and exits 78", async (t) => {
  const { exited, lines } = start(t, { FJMCP_OTHER: "1" });
  t.strictSame(await exited, [78, null]);
  t.strictSame(lines, [
    "The configuration has 3 faults:",
    "  FJMCP_OTHER: is not a setting of this program",
    "  FJMCP_DRAIN: is required",
    "  FJMCP_START: is required",
  ]);
});

t.test("exits 78 for a fault that is found at start", async (t) => {
  const { exited, lines } = start(t, { FJMCP_DRAIN: "quick", FJMCP_START: "faulty" });
  t.strictSame(await exited, [78, null]);
  t.strictSame(faultsIn(lines), ["FJMCP_START: is another than before"]);
});

t.test("--check prints a line for each finding, starts nothing, and exits 0 or 78", async (t) => {
  const env = { FJMCP_DRAIN: "quick", FJMCP_START: "bad" };
  const good = start(t, env, "--check");
  t.strictSame(await good.exited, [0, null]);
  t.equal(good.stdout(), "ok: all is well\nThe configuration is good.\n");

  const warned = start(t, { ...env, FJMCP_FINDINGS: "warning" }, "--check");
  t.strictSame(await warned.exited, [0, null]);
  t.equal(warned.stdout(), "warning: FJMCP_PEER: is away\nThe configuration is good.\n");

  const faulty = start(t, { ...env, FJMCP_FINDINGS: "faults" }, "--check");
  t.strictSame(await faulty.exited, [78, null]);
  t.equal(
    faulty.stdout(),
    "fault: FJMCP_ONE: is wrong\nwarning: FJMCP_PEER: is away\nfault: FJMCP_TWO: is wrong\n",
  );
});

t.test("starts with warnings in the log, and with faults exits 78 with all of them", async (t) => {
  const env = { FJMCP_DRAIN: "quick", FJMCP_START: "good" };
  const warned = start(t, { ...env, FJMCP_FINDINGS: "warning" });
  await warned.line('"ready"');
  t.match(JSON.parse(warned.lines[0]!), {
    level: "warn",
    event: "start.warning",
    msg: "FJMCP_PEER: is away",
  });

  const faulty = start(t, { ...env, FJMCP_FINDINGS: "faults" });
  t.strictSame(await faulty.exited, [78, null]);
  t.strictSame(faultsIn(faulty.lines.slice(1)), ["FJMCP_ONE: is wrong", "FJMCP_TWO: is wrong"]);
});

/** Throws if a line is anything but a fault in JSON. */
function faultsIn(lines: readonly string[]): string[] {
  return lines.map((line) => {
    const { level, event, msg } = JSON.parse(line) as Record<string, string>;
    if (level !== "fatal" || event !== "start.fault") throw new Error(line);
    return msg!;
  });
}

t.test("--help and --version print without a configuration", async (t) => {
  const help = start(t, {}, "--help");
  t.strictSame(await help.exited, [0, null]);
  t.match(help.stdout(), /^Usage: program \[--check/);
  const shown = start(t, {}, "--version");
  t.strictSame(await shown.exited, [0, null]);
  t.equal(shown.stdout(), `program ${version}\n`);
});

t.test("rejects an unknown option or an argument with its usage and 64", async (t) => {
  const env = { FJMCP_DRAIN: "quick", FJMCP_START: "good" };
  for (const args of [["--chek"], ["check"], ["--check=yes"], ["-x"], ["--check", "more"]]) {
    const { exited, lines, stdout } = start(t, env, ...args);
    t.strictSame(await exited, [64, null], args.join(" "));
    t.match(lines[0], /^program: ./);
    t.match(lines.join("\n"), /Usage: program/);
    t.equal(stdout(), "");
  }
});
