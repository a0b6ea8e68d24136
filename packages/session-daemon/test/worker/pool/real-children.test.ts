import { chooseSandbox } from "../../../src/worker/sandbox/sandbox-choice.ts";
import {
  type ChildConfiguration,
  everythingMcp,
  forgejoMcp,
  forgejoMcpMissing,
  giteaMcp,
} from "@fjmcp/testkit/children/child-command";
import { startSandboxForgejo } from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import type { WorkerPool } from "../../../src/worker/worker-pool.ts";
import t from "tap";
import { caller, lasting, request, runPool, useTool } from "../../support/run-pool.ts";
import { ForgejoApp, scriptedUser } from "@fjmcp/testkit/stack/forgejo-app";

const who = caller();
const never = new AbortController().signal;
const everything = everythingMcp();
/** The pools run these children in bubblewrap where it works, with the limits that a daemon gives them. */
const sandbox = await chooseSandbox({
  mode: "auto",
  program: process.execPath,
  readPaths: everything.readPaths ?? [],
  bwrapPath: process.env.PATH,
  path: process.env.PATH,
});
const surroundings = ({ readPaths = [] }: ChildConfiguration) => ({
  sandbox,
  readPaths,
  memoryLimitMiB: undefined,
});

async function toolNames(pool: WorkerPool): Promise<string[]> {
  const { result } = await request(pool, who, "tools/list", {}).response;
  return (result.tools as { name: string }[]).map(({ name }) => name);
}

t.test(
  "server-everything initialises, lists, reports progress, reads resources and responds with errors",
  async (t) => {
    const { pool, listChanges } = runPool(t, everything, surroundings(everything));
    const result = await pool.initializeResult(who, never);
    t.same(Object.keys(result.capabilities).sort(), [
      "completions",
      "logging",
      "prompts",
      "resources",
      "tools",
    ]);
    t.match(result, { protocolVersion: "2025-11-25", instructions: String });
    t.ok((await toolNames(pool)).includes("echo"));
    const long = request(pool, who, "tools/call", {
      name: "trigger-long-running-operation",
      arguments: { duration: 0.4, steps: 4 },
      _meta: { progressToken: "mine" },
    });
    t.match(await long.response, { result: { content: [{ text: /completed/ }] } });
    t.same(
      long.notifications.map(({ params }) => params),
      [1, 2, 3, 4].map((progress) => ({ progressToken: "mine", progress, total: 4 })),
    );
    const { result: listed } = await request(pool, who, "resources/list").response;
    t.match(await request(pool, who, "resources/read", { uri: listed.resources[0].uri }).response, {
      result: { contents: [{ uri: listed.resources[0].uri }] },
    });
    t.match(await request(pool, who, "nothing/known", {}, '"x"').response, {
      id: "x",
      error: { code: -32601 },
    });
    t.same(listChanges, []);
  },
);

t.test("server-everything serves many calls at once, and one that is cancelled", async (t) => {
  const { pool } = runPool(t, everything, surroundings(everything));
  await pool.initializeResult(who, never);
  const cancelled = request(pool, who, "tools/call", {
    name: "trigger-long-running-operation",
    arguments: { duration: 60, steps: 60 },
  });
  const echoes = Array.from({ length: 50 }, (_, index) =>
    useTool(pool, who, "echo", { message: `${index}` }),
  );
  cancelled.call.cancel();
  for (const [index, echo] of echoes.entries()) {
    t.match(await echo.response, { result: { content: [{ text: `Echo: ${index}` }] } });
  }
  await waitUntil("it has responded to a ping after the cancellation", () => pool.counts().idle === 1);
  t.same(pool.counts(), { live: 1, idle: 1, waiting: 0 });
});

t.test("gitea-mcp initialises and lists its tools", async (t) => {
  const { pool } = runPool(t, giteaMcp(), surroundings(giteaMcp()));
  t.match(await pool.initializeResult(who, never), {
    protocolVersion: "2025-11-25",
    serverInfo: { name: String },
  });
  t.ok((await toolNames(pool)).includes("user__get_my_userinfo"));
});

const realForgejoMcp = forgejoMcp();
t.test(
  "forgejo-mcp lists and runs tools, and fails with a revoked token and without a Forgejo at its start",
  { skip: realForgejoMcp === undefined && forgejoMcpMissing },
  async (t) => {
    const child = realForgejoMcp as NonNullable<typeof realForgejoMcp>;
    const forgejo = await startSandboxForgejo();
    t.teardown(() => forgejo.close());
    const app = await ForgejoApp.register(forgejo);
    const { access_token: token } = await app.logIn(scriptedUser(forgejo, "alice"));
    const { pool } = runPool(t, child, {
      ...surroundings(child),
      forgejoUrl: forgejo.url,
      upstreamTokens: async () => lasting(3600, token),
    });
    const result = await pool.initializeResult(who, never);
    t.match(result, { serverInfo: { name: String, version: String } });
    t.same(Object.keys(result.capabilities).sort(), ["logging", "resources", "tools"]);
    t.ok((await toolNames(pool)).length > 100);
    t.match(await useTool(pool, who, "get_my_user_info").text, /alice/);

    forgejo.controls.revokeGrant("alice", app.clientId);
    const rejected = await useTool(pool, who, "get_my_user_info").text;
    t.match(rejected, /"error":.*\[redacted\]/);
    t.notMatch(rejected, token);

    await t.rejects(runPool(t, child, surroundings(child)).pool.initializeResult(caller("away"), never), {
      message: /ended while starting/,
    });
  },
);
