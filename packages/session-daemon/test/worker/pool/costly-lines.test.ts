import { childCommand } from "@fjmcp/testkit/children/child-command";
import t from "tap";
import { caller, keptLog, nextId, runPool, useTool } from "../../support/run-pool.ts";

const who = caller();
const nested = "[".repeat(257) + "]".repeat(257);
const values = `{"a":[${"{},".repeat(1_500_000)}1]}`;

t.test("a line that is too costly to parse ends the child with a clear error", async (t) => {
  const { log, lines } = keptLog();
  const { pool } = runPool(t, { command: childCommand("echo") }, { log });
  for (const line of [
    (id: number) => `{"id":${id},"jsonrpc":"2.0","result":${values}}`,
    (id: number) => `{"id":${id},"jsonrpc":"2.0","result":{"a":${nested}}}`,
    () => `{"jsonrpc":"2.0","method":"notifications/message","params":${values}}`,
  ]) {
    const args = { lines: [line(await nextId(pool, who))], respond: false };
    await t.rejects(useTool(pool, who, "emit", args).text, {
      kind: "failed",
      message: /too many values or levels/,
    });
  }
  t.equal(lines.filter((entry) => entry.includes('"worker.line_too_costly"')).length, 3);
  t.ok(await useTool(pool, who, "echo").text, "the next call has a new child");
});

t.test("a line of as many values is no fault where it is forwarded unparsed", async (t) => {
  const { pool } = runPool(t, { command: childCommand("echo") });
  const line = `{"jsonrpc":"2.0","id":${await nextId(pool, who)},"result":${values}}`;
  t.ok(await useTool(pool, who, "emit", { lines: [line], respond: false }).response);
});
