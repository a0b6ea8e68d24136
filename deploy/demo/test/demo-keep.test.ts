import { existsSync, readdirSync } from "node:fs";
import { Redis } from "ioredis";
import t from "tap";
import { toolsets } from "@fjmcp/shared/oauth/toolsets";
import { connectMcpClient } from "@fjmcp/testkit/mcp-client/connect-mcp-client";
import { MemoryOAuthProvider } from "@fjmcp/testkit/mcp-client/memory-oauth-provider";
import { RecordingFetch } from "@fjmcp/testkit/mcp-client/recording-fetch";
import { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import { childrenOf, isRunning } from "@fjmcp/testkit/process/process-children";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import type { Ready } from "../src/reporter.ts";
import { startDemo, type RunningDemo } from "./support/start-demo.ts";

t.test("stays up for other clients, restarts killed processes and leaves nothing behind", async (t) => {
  const demo = startDemo(t, ["--keep", "--json"]);
  const ready = (await demo.event(({ event }) => event === "ready")) as unknown as Ready;
  t.equal(ready.mcpUrl, `${ready.issuer}/mcp`);
  t.equal(ready.pids.demo, demo.pid);
  t.ok(existsSync(ready.logs.authServer) && existsSync(ready.logs.sessionDaemon));
  t.same(childrenOf(ready.pids.sessionDaemon), [], "the walk's own grant has ended");

  const redis = new Redis(ready.redis);
  redis.on("error", () => undefined);
  t.teardown(() => redis.disconnect());
  t.equal(await redis.ping(), "PONG");

  const redirectUrl = "http://127.0.0.1:33418/callback";
  const bob = new ScriptedUser(ready.forgejo.users[1]!);
  const { client } = await connectMcpClient({
    mcpUrl: ready.mcpUrl,
    provider: new MemoryOAuthProvider({ redirectUrl, clientName: "Another client" }),
    recording: new RecordingFetch(),
    signIn: (url) => bob.signInAndAllow(url, { stopAt: redirectUrl, toolsets }),
  });
  t.teardown(() => client.close());
  const tools = (await client.listTools()).tools.length;
  t.ok(tools > 0);

  const pids: number[] = Object.values(ready.pids);
  for (const part of ["sessionDaemon", "authServer", "redis"] as const) {
    const seen = demo.events().length;
    process.kill(ready.pids[part], "SIGKILL");
    const restarted = await demo.event(({ event }) => event === "restarted", seen);
    t.equal(restarted.part, part);
    t.ok(isRunning(restarted.pid as number));
    pids.push(restarted.pid as number, ...childrenOf(restarted.pid as number));
  }
  t.equal(await redis.ping(), "PONG", "Redis is on its old socket, with its old users");
  // The daemons may need a moment to reach Redis again.
  const again = await waitUntil("a list", async () => (await client.listTools()).tools.length);
  t.equal(again, tools, "the client's session and token have outlived all three");
  await client.close();

  demo.kill("SIGTERM");
  t.equal(await demo.exit, 0);
  t.same(pids.filter(isRunning), [], "no process is left");
  for (const path of [ready.redis.path, ...Object.values(ready.sockets), ...Object.values(ready.logs)]) {
    t.notOk(existsSync(path), path);
  }
  t.same(
    demo.stderr.filter((line) => line.includes("Stopped")),
    [],
  );
});

t.test("a stop during the walk leaves nothing behind either", async (t) => {
  const demo = startDemo(t, ["--json"]);
  await demo.event(({ name }) => name === "daemons");
  const started = childrenOf(demo.pid);
  t.ok(started.length >= 3);
  demo.kill("SIGINT");
  t.equal(await demo.exit, 130);
  t.same(started.filter(isRunning), []);
  t.notOk(
    demo.events().some(({ ok }) => ok === false),
    "being stopped is not a failed step",
  );
});

t.test("leaves nothing behind when its terminal or the reader of its output has gone", async (t) => {
  for (const { code, end } of [
    { code: 130, end: (demo: RunningDemo) => demo.kill("SIGHUP") },
    { code: 141, end: (demo: RunningDemo) => demo.closeOutput() },
  ]) {
    const dir = temporaryDirectory(t);
    const demo = startDemo(t, ["--json"], { TMPDIR: dir });
    await demo.event(({ name }) => name === "daemons");
    const started = childrenOf(demo.pid);
    end(demo);
    t.equal(await demo.exit, code);
    t.same(started.filter(isRunning), []);
    t.same(readdirSync(dir), []);
    t.notMatch(demo.stderr.join("\n"), /Error|^ +at /m);
  }
});
