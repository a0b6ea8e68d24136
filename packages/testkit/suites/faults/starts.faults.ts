import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { childCommand } from "../../src/children/child-command.ts";
import { FileGate } from "../../src/children/file-gate.ts";
import { temporaryDirectory } from "../../src/temporary-directory.ts";
import { startFaultStack } from "./fault-stack.ts";
import { recover } from "./recover.ts";
import type { ClientFlow } from "./client-flow.ts";

// Like a child that calls Forgejo at its start while Forgejo is down: it exits at once while this file exists.
const down = new FileGate(join(temporaryDirectory(t), "down"));
const command = childCommand("crash", "--at", "start", "--while-exists", down.file);
const setup = await startFaultStack({ child: { name: "crash", command, env: "TOKEN={token}" } });
t.teardown(() => setup.close());
const { forgejo } = setup;

const tries = 20;
const tryEveryMs = 100;
const firstDelayMs = 250;
const nothing = { logins: 0, newSessions: 0, refreshes: 0 };

const logged = (what: RegExp) => setup.logs().join("\n").match(new RegExp(what, "g"))?.length ?? 0;
const startsSoFar = () => logged(/"event":"worker\.(started|start_failed)"/);

/** Calls repeatedly with short pauses, as a client without back-off does. */
async function tryCalls(flow: ClientFlow) {
  const results = [];
  for (let i = 0; i < tries; i += 1) {
    results.push(await flow.mcp.useTool("echo"));
    await sleep(tryEveryMs);
  }
  return results;
}

t.test("a child that exits at its start gives an error that says so, and starts back off", async (t) => {
  const [flow] = await setup.flowsAt(["renewal"], "gateway");
  down.close();
  t.teardown(() => down.open());
  const before = startsSoFar();
  const beganAt = performance.now();
  const results = await tryCalls(flow!);
  const tookMs = performance.now() - beganAt;
  t.ok(results.every(({ outcome }) => outcome === "rpc:-32603"));
  t.ok(results.every(({ message }) => /could not be started: it ended while starting/.test(message)));
  // Each pause is twice as long as the one before.
  const most = 2 + Math.log2(1 + tookMs / firstDelayMs);
  const starts = startsSoFar() - before;
  t.ok(starts >= 2 && starts <= most, `${starts} starts in ${Math.round(tookMs)} ms, at most ${most}`);
  down.open();
  t.same(await recover(flow!, "renewal"), nothing, "it recovers by itself; session and tokens are kept");
});

t.test("a failing Forgejo gives an error that says so, and no worker is started", async (t) => {
  const [flow] = await setup.flowsAt(["renewal"], "gateway");
  forgejo.controls.setFault({ path: /./, mode: "close" });
  t.teardown(() => forgejo.controls.clearFaults());
  const [before, asked] = [startsSoFar(), forgejo.requests.length];
  const results = await tryCalls(flow!);
  t.ok(results.every(({ outcome }) => outcome === "rpc:-32603"));
  t.ok(results.every(({ message }) => /Forgejo login cannot be checked just now/.test(message)));
  t.equal(startsSoFar(), before, "no worker was started");
  const requests = forgejo.requests.length - asked;
  t.ok(requests > 0 && requests <= tries, `${requests} requests to Forgejo for ${tries} tries`);
  forgejo.controls.clearFaults();
  t.same(await recover(flow!, "renewal"), nothing, "it recovers by itself; session and tokens are kept");
});
