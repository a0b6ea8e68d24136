import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import t, { type Test } from "tap";

const program = join(import.meta.dirname, "fixtures", "program.ts");

function start(t: Test, env: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, [program, ...args], { env });
  t.teardown(() => child.kill("SIGKILL"));
  const lines: string[] = [];
  const waiting = new Map<string, () => void>();
  createInterface(child.stderr).on("line", (line) => {
    lines.push(line);
    for (const [text, resolve] of waiting) if (line.includes(text)) resolve();
  });
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  const exited = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  const line = (text: string) =>
    new Promise<void>((resolve) => {
      if (lines.some((line) => line.includes(text))) resolve();
      waiting.set(text, resolve);
    });
  return { child, lines, line, exited, stdout: () => stdout };
}

t.test("runs until SIGTERM, drains and exits 0", async (t) => {
  const { child, line, exited, lines } = start(t, { FJMCP_DRAIN: "quick", FJMCP_START: "good" });
  await line('"ready"');
  child.kill("SIGTERM");
  t.strictSame(await exited, [0, null]);
  t.strictSame(
    lines.map((text) => (JSON.parse(text) as { msg: string }).msg),
    ["ready", "draining", "stopped"],
  );
});

t.test("exits 1 at once on a second signal", async (t) => {
  const { child, line, exited } = start(t, { FJMCP_DRAIN: "never", FJMCP_START: "good" });
  await line('"ready"');
  child.kill("SIGTERM");
  await line('"draining"');
  child.kill("SIGINT");
  t.strictSame(await exited, [1, null]);
});

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
  t.strictSame(lines, ["The configuration has 1 fault:", "  FJMCP_START: is another than before"]);
});

t.test("--check validates the configuration and starts nothing", async (t) => {
  const { exited, stdout } = start(t, { FJMCP_DRAIN: "quick", FJMCP_START: "bad" }, "--check");
  t.strictSame(await exited, [0, null]);
  t.equal(stdout(), "The configuration is good.\n");
});
