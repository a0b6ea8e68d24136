import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { FileGate } from "@fjmcp/testkit/children/file-gate";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import t from "tap";
import { tokenRejected } from "../../../src/worker/calls/call-errors.ts";
import { caller, givesToken, runPool, toolText, useTool } from "../../support/run-pool.ts";

const who = caller();
const never = new AbortController().signal;

for (const hasToolTable of [false, true]) {
  const scope = hasToolTable ? "all accounts" : "its account only";
  t.test(
    `${hasToolTable ? "a known child's" : "an unknown child's"} last initialise result serves ${scope}`,
    async (t) => {
      const gate = new FileGate(join(temporaryDirectory(t), "gate"));
      const { pool } = runPool(
        t,
        { command: childCommand("echo", "--start-hold", gate.file) },
        { hasToolTable: () => hasToolTable },
      );
      const first = await pool.initializeResult(who, never);
      gate.close();
      const other = caller("other grant");
      t.equal(await pool.initializeResult(other, never), first, "though its worker has not started");
      const foreign = caller("foreign grant", "2");
      const foreigners = pool.initializeResult(foreign, never);
      await waitUntil("both other workers start", () => gate.waiting === 2);
      const served = await Promise.race([foreigners, Promise.resolve("waits for its worker")]);
      t.equal(served, hasToolTable ? first : "waits for its worker");
      t.equal(pool.counts().live, 1);
      gate.open();
      t.same(await foreigners, first);
      await waitUntil("both workers are ready in the background", () => pool.counts().live === 3);
      t.ok(await toolText(useTool(pool, other, "echo")));
    },
  );
}

t.test("a start that fails behind a kept initialise result is met by the next call", async (t) => {
  let isRevoked = false;
  const { pool } = runPool(
    t,
    { command: childCommand("echo") },
    {
      upstreamTokens: async (token, signal) =>
        isRevoked ? { status: "login_required" } : await givesToken(token, signal),
    },
  );
  await pool.initializeResult(who, never);
  isRevoked = true;
  const other = caller("other grant");
  t.ok(await pool.initializeResult(other, never));
  await t.rejects(useTool(pool, other, "echo").text, tokenRejected());
});

t.test(
  "a different initialise result of one grant's worker is reported to the account's grants",
  async (t) => {
    const changing = fileURLToPath(new URL("../../fixtures/changing-child.ts", import.meta.url));
    const { pool, listChanges } = runPool(t, { command: `${process.execPath} ${changing} pid` });
    await pool.initializeResult(who, never);
    const foreign = caller("foreign grant", "2");
    await pool.initializeResult(foreign, never);
    t.same(listChanges, []);
    const other = caller("other grant");
    await useTool(pool, other, "any").text;
    t.same(
      listChanges.map(([grantId, kind]) => `${grantId} ${kind}`).sort(),
      [who, other].flatMap(({ grantId }) =>
        ["prompts", "resources", "tools"].map((kind) => `${grantId} ${kind}`),
      ),
    );
  },
);
