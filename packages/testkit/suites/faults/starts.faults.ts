import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { childCommand } from "../../src/children/child-command.ts";
import { ChildHold } from "../../src/children/file-gate.ts";
import { temporaryDirectory } from "../../src/temporary-directory.ts";
import { startFaultRig } from "./fault-stack.ts";
import { finish } from "./recover.ts";
import type { Flow } from "./client-flow.ts";

// A child that asks Forgejo at its start ends at once while Forgejo is down, as long as there is this file.
const down = new ChildHold(join(temporaryDirectory(t), "down"));
const command = childCommand("crash", "--at", "start", "--while-exists", down.file);
const rig = await startFaultRig({ child: { name: "crash", command, env: "TOKEN={token}" } });
t.teardown(() => rig.close());
const { forgejo } = rig;

const tries = 20;
const tryEveryMs = 100;
const firstDelayMs = 250;
const nothing = { logins: 0, newSessions: 0, refreshes: 0 };

const logged = (what: RegExp) => rig.logs().join("\n").match(new RegExp(what, "g"))?.length ?? 0;
const startsSoFar = () => logged(/"msg":"worker (started|ended while starting)"/);

/** Calls over and over, as an impatient client does. */
async function tryCalls(flow: Flow) {
  const answers = [];
  for (let i = 0; i < tries; i += 1) {
    answers.push(await flow.mcp.useTool("echo"));
    await sleep(tryEveryMs);
  }
  return answers;
}

t.test("the child ends at its start: an error that says so, and starts are spaced out", async (t) => {
  const [flow] = await rig.flowsAt(["renewal"], "gateway");
  down.hold();
  t.teardown(() => down.release());
  const before = startsSoFar();
  const beganAt = performance.now();
  const answers = await tryCalls(flow!);
  const tookMs = performance.now() - beganAt;
  t.ok(answers.every(({ seen }) => seen === "rpc:-32603"));
  t.ok(answers.every(({ message }) => /could not be started: it ended while starting/.test(message)));
  // Each pause is twice as long as the one before.
  const most = 2 + Math.log2(1 + tookMs / firstDelayMs);
  const starts = startsSoFar() - before;
  t.ok(starts >= 2 && starts <= most, `${starts} starts in ${Math.round(tookMs)} ms, at most ${most}`);
  down.release();
  t.same(await finish(flow!, "renewal"), nothing, "it recovers by itself, and all is kept");
});

t.test("Forgejo can not be asked for a token: an error that says so, and no process", async (t) => {
  const [flow] = await rig.flowsAt(["renewal"], "gateway");
  forgejo.controls.setFault({ path: /./, mode: "close" });
  t.teardown(() => forgejo.controls.clearFaults());
  const [before, asked] = [startsSoFar(), forgejo.requests.length];
  const answers = await tryCalls(flow!);
  t.ok(answers.every(({ seen }) => seen === "rpc:-32603"));
  t.ok(answers.every(({ message }) => /Forgejo login cannot be checked just now/.test(message)));
  t.equal(startsSoFar(), before, "no worker was started");
  const requests = forgejo.requests.length - asked;
  t.ok(requests > 0 && requests <= tries, `${requests} requests to Forgejo for ${tries} tries`);
  forgejo.controls.clearFaults();
  t.same(await finish(flow!, "renewal"), nothing, "it recovers by itself, and all is kept");
});
