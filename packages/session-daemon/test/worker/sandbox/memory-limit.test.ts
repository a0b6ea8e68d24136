import { join } from "node:path";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { projectRoot } from "@fjmcp/testkit/process/project-root";
import t from "tap";
import { bubblewrap, bubblewrapMissing } from "../../support/bubblewrap.ts";
import { caller, keptLog, poolDefaults, runPool, useTool } from "../../support/run-pool.ts";

const eater = caller("eater");
const memoryLimitMiB = 800;

for (const [title, sandbox, skip] of [
  ["without a sandbox", poolDefaults.sandbox, undefined],
  ["in bubblewrap", bubblewrap, bubblewrapMissing],
] as const) {
  t.test(`a child that eats its memory ends alone, ${title}`, { skip: skip ?? false }, async (t) => {
    const { log, lines } = keptLog();
    const { pool } = runPool(
      t,
      { command: childCommand("hungry") },
      { sandbox, readPaths: [projectRoot], memoryLimitMiB, log },
    );
    const neighbour = useTool(pool, caller("neighbour"), "echo", { sleepMs: 2_000 });
    await useTool(pool, eater, "echo").text;
    const inFlight = useTool(pool, eater, "echo", { sleepMs: 60_000 });
    for (const call of [useTool(pool, eater, "eat"), inFlight])
      await t.rejects(call.text, { message: /needed more memory than it may have.*Reference: \w{10}$/ });
    t.ok(await neighbour.text, "its neighbour goes on");
    t.ok(await useTool(pool, eater, "echo").text, "the next call has a new process");
    t.match(lines.join("\n"), /"worker\.exited".*"how":"signal SIG(ABRT|TRAP)".*"outOfMemory":true/);
  });
}

t.test("a start for which the limit is too small says so", async (t) => {
  const { pool } = runPool(t, { command: childCommand("echo") }, { memoryLimitMiB: 100 });
  await t.rejects(useTool(pool, eater, "echo").text, {
    message: /could not be started: it needs more memory than it may have/,
  });
});

t.test("the default suits the program: Node needs more than 512 MiB to start", async (t) => {
  const { pool } = runPool(t, { command: childCommand("echo") }, { memoryLimitMiB: undefined });
  t.ok(await useTool(pool, eater, "echo").text);
});

t.test("an error does not claim lack of memory for another end of a child that writes of it", async (t) => {
  const file = join(import.meta.dirname, "../../fixtures/says-out-of-memory.sh");
  const { pool } = runPool(t, { command: `sh ${file}` });
  await t.rejects(useTool(pool, eater, "echo").text, { message: /it ended while starting/ });
});
