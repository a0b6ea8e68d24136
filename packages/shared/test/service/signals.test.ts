import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { startProgram as start } from "../support/start-program.ts";

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

t.test("drains at SIGHUP, which a closed terminal may send twice", async (t) => {
  const quick = start(t, { FJMCP_DRAIN: "quick", FJMCP_START: "good" });
  await quick.line('"ready"');
  quick.child.kill("SIGHUP");
  t.strictSame(await quick.exited, [0, null]);
  t.match(quick.lines.join("\n"), /"signal":"SIGHUP".*"draining"/);

  const { child, line, exited } = start(t, { FJMCP_DRAIN: "never", FJMCP_START: "good" });
  await line('"ready"');
  child.kill("SIGHUP");
  await line('"draining"');
  child.kill("SIGHUP");
  await sleep(200);
  t.equal(child.signalCode, null);
  t.equal(child.exitCode, null, "it still drains");
  child.kill("SIGTERM");
  t.strictSame(await exited, [1, null]);
});

t.test("stops at SIGTERM while it waits, with 0", async (t) => {
  const env = { FJMCP_DRAIN: "quick", FJMCP_START: "good", FJMCP_FINDINGS: "waits" };
  const { child, line, exited, lines } = start(t, env);
  await line('"waiting"');
  child.kill("SIGTERM");
  t.strictSame(await exited, [0, null]);
  t.notMatch(lines.join("\n"), /"ready"|"fatal"/);
});
