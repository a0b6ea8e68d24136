import { join } from "node:path";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { FileGate } from "@fjmcp/testkit/children/file-gate";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import type { WorkerPool } from "../../../src/worker/worker-pool.ts";
import t from "tap";
import { caller, lasting, runPool, toolText, useTool } from "../../support/run-pool.ts";

const who = caller();
/** Tokens of the tests are too short to be redacted. */
const env = "TOKEN={token}";

async function tokenOf(pool: WorkerPool, grant = who): Promise<string> {
  const text = await toolText(useTool(pool, grant, "environment"));
  return (JSON.parse(text) as { TOKEN: string }).TOKEN;
}

t.test(
  "after the tokens of an account's grants were replaced, their next calls have workers with the new one",
  async (t) => {
    let token = "old";
    const { pool } = runPool(
      t,
      { command: childCommand("echo"), env },
      { upstreamTokens: async () => lasting(3600, token) },
    );
    const gate = new FileGate(join(temporaryDirectory(t), "gate"));
    gate.close();
    const [second, unaffected, foreign] = [caller("second"), caller("unaffected"), caller("foreign", "2")];
    for (const grant of [who, second, unaffected, foreign]) t.equal(await tokenOf(pool, grant), token);
    const long = useTool(pool, who, "echo", { whileExists: gate.file, long: true });
    token = "new";
    t.equal(pool.retire(who.accountId, [who.grantId, second.grantId, foreign.grantId]), 2);
    t.equal(await tokenOf(pool), token);
    t.equal(await tokenOf(pool, second), token);
    t.equal(await tokenOf(pool, unaffected), "old", "another grant keeps its worker");
    t.equal(await tokenOf(pool, foreign), "old", "another account keeps its worker");
    gate.open();
    t.match(await toolText(long), "long", "the call in flight finishes");
    await waitUntil("the old workers are gone", () => pool.counts().live === 4);
  },
);

t.test("a worker that starts with the replaced token serves no call", async (t) => {
  let asked = 0;
  const gate = new FileGate(join(temporaryDirectory(t), "gate"));
  gate.close();
  const { pool } = runPool(
    t,
    { command: childCommand("echo", "--start-hold", gate.file), env },
    { upstreamTokens: async () => lasting(3600, `no-${++asked}`) },
  );
  const waiting = tokenOf(pool);
  await waitUntil("the worker is starting", () => gate.waiting === 1);
  t.equal(asked, 1);
  pool.retire(who.accountId, [who.grantId]);
  gate.open();
  t.equal(await waiting, "no-2");
  await waitUntil("one is left", () => pool.counts().live === 1);
});

t.test(
  "a start that fails with the replaced token is repeated with the new one, without a delay",
  async (t) => {
    let asked = 0;
    const countFile = join(temporaryDirectory(t), "starts");
    const { pool } = runPool(
      t,
      { command: childCommand("crash", "--at", "start", "--times", "1", "--count-file", countFile) },
      {
        upstreamTokens: async () => {
          asked++;
          return lasting(3600);
        },
        userCheck: async () => {
          pool.retire(who.accountId, [who.grantId]);
          return { status: "revoked" };
        },
      },
    );
    t.ok(await toolText(useTool(pool, who, "echo")));
    t.equal(asked, 2);
  },
);

t.test("a suspension is cleared when the user has logged in anew", async (t) => {
  let isSuspended = true;
  const { pool } = runPool(
    t,
    { command: childCommand("echo") },
    {
      upstreamTokens: async () => (isSuspended ? { status: "suspended", message: "No." } : lasting(3600)),
    },
  );
  await t.rejects(useTool(pool, who, "echo").text, { message: /No\./ });
  isSuspended = false;
  t.equal(pool.retire(who.accountId, []), 0);
  t.ok(await toolText(useTool(pool, who, "echo")));
});

t.test("a login of the user keeps what is known of grants with other tokens", async (t) => {
  const other = caller("other");
  let isMended = false;
  const { pool } = runPool(
    t,
    { command: childCommand("echo") },
    { upstreamTokens: async () => (isMended ? lasting(3600) : { status: "misconfigured" }) },
  );
  for (const grant of [who, other])
    await t.rejects(useTool(pool, grant, "echo").text, { message: /administrator/ });
  isMended = true;
  pool.retire(who.accountId, [who.grantId]);
  t.ok(await toolText(useTool(pool, who, "echo")));
  await t.rejects(useTool(pool, other, "echo").text, { message: /administrator/ });
});

t.test("a login of the user keeps the check that an error of another grant has made due", async (t) => {
  const other = caller("other");
  let checks = 0;
  const { pool } = runPool(
    t,
    { command: childCommand("echo") },
    { userCheckPauseMs: 500, userCheck: async () => (checks++, { status: "ok" }) },
  );
  await useTool(pool, other, "fail").text;
  await waitUntil("the first check", () => checks === 1);
  await useTool(pool, other, "fail").text;
  pool.retire(who.accountId, [who.grantId]);
  await waitUntil("the check at the end of the pause", () => checks === 2);
});
