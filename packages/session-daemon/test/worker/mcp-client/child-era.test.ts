import { readFileSync } from "node:fs";
import { join } from "node:path";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import t, { type Test } from "tap";
import { ChildEraMemory } from "../../../src/worker/mcp-client/child-era-memory.ts";
import { caller, runPool, toolText, useTool } from "../../support/run-pool.ts";

const signal = new AbortController().signal;

/** The methods of the requests that a new grant's child has received. */
async function methods(pool: ReturnType<typeof runPool>["pool"], grant: string): Promise<string[]> {
  const lines = JSON.parse(await toolText(useTool(pool, caller(grant), "lines"))) as string[];
  return lines.map((line) => (JSON.parse(line) as { method: string }).method);
}

t.test("a child is offered 2026-07-28 once for all workers, and then initialised", async (t) => {
  const childEra = new ChildEraMemory();
  const { pool } = runPool(t, { command: childCommand("echo") }, { childEra });
  t.match(await methods(pool, "first"), ["server/discover", "initialize", "notifications/initialized"]);
  t.equal(childEra.era, "sessions");
  t.equal((await methods(pool, "second"))[0], "initialize");
});

t.test("a child that accepts is never initialised", async (t) => {
  const childEra = new ChildEraMemory();
  const { pool } = runPool(t, { command: childCommand("stateless") }, { childEra });
  t.match(await pool.initializeResult(caller(), signal), {
    protocolVersion: "2026-07-28",
    capabilities: {
      tools: { listChanged: true },
      extensions: { "com.example/ui": { mimeTypes: ["text/html"] } },
    },
    serverInfo: { name: "stub-stateless", version: "2.0.0" },
    instructions: "Only modern.",
  });
  t.equal(childEra.era, "stateless");
  for (const grant of ["grant", "second"]) {
    t.match(await methods(pool, grant), ["server/discover", "subscriptions/listen"]);
    t.notOk((await methods(pool, grant)).includes("initialize"));
  }
});

async function startsOf(t: Test, reaction: string, startTimeoutMs: number): Promise<number> {
  const countFile = join(temporaryDirectory(t), "starts");
  const command = childCommand("offended", "--reaction", reaction, "--count-file", countFile);
  const childEra = new ChildEraMemory();
  const { pool } = runPool(t, { command }, { childEra, startTimeoutMs });
  t.equal(await toolText(useTool(pool, caller("first"), "echo", { a: 1 })), '{"a":1}');
  t.equal(childEra.era, "sessions");
  t.equal(await toolText(useTool(pool, caller("second"), "echo", { a: 2 })), '{"a":2}');
  return readFileSync(countFile, "utf8").length;
}

t.test("a child that dies of the offer is started anew, once for all workers", async (t) => {
  t.equal(await startsOf(t, "exit", 30_000), 3);
});

t.test("a child that is silent after the offer is started anew, once for all workers", async (t) => {
  t.equal(await startsOf(t, "silence", 30_000), 3);
});

t.test("a child that has changed is asked again", async (t) => {
  const downgraded = new ChildEraMemory();
  downgraded.set("stateless");
  const old = runPool(t, { command: childCommand("echo") }, { childEra: downgraded });
  t.match(await old.pool.initializeResult(caller(), signal), { protocolVersion: "2025-11-25" });

  const upgraded = new ChildEraMemory();
  upgraded.set("sessions");
  const { pool } = runPool(t, { command: childCommand("stateless") }, { childEra: upgraded });
  t.match(await pool.initializeResult(caller(), signal), { protocolVersion: "2026-07-28" });
  t.equal(upgraded.era, "stateless");
});
