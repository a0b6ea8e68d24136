import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { FileGate } from "@fjmcp/testkit/children/file-gate";
import { shortestTime } from "@fjmcp/testkit/process/shortest-time";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { callTool, initialize } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

const daemon = await startSessionDaemon(t);
const grant = await daemon.grant();
const session = await McpSession.open(daemon, grant);

t.test("responds 503 with Retry-After while Redis is down, and continues open requests", async (t) => {
  const listening = await session.listen();
  const gate = new FileGate(join(temporaryDirectory(t), "gate"));
  gate.close();
  const calling = await session.stream(
    callTool(1, "echo", { progress: 1, whileExists: gate.file }, { progressToken: 1 }),
  );
  await calling.expect(1);
  await daemon.redisServer.kill("SIGKILL");

  for (const method of ["POST", "GET", "DELETE"]) {
    const response = await session.send(method);
    t.equal(response.status, 503, method);
    t.match(response.headers["retry-after"], /^\d+$/);
    const reference = /Reference: (\w+)/.exec(response.json.error.message)?.[1];
    t.ok(reference);
    t.ok((await daemon.completeLog()).includes(reference!));
  }
  t.equal((await session.post(initialize())).status, 503);
  t.match(await daemon.health(), { status: "degraded", redis: { status: "away", reason: String } });
  gate.open();
  await calling.untilClosed();
  t.match(calling.messages.at(-1), { id: 1, result: {} });
  t.notOk(listening.closed);

  await daemon.redisServer.start();
  await waitUntil(
    "it should recover by itself",
    async () => (await session.post(callTool(2, "echo"))).status === 200,
  );
  t.same((await daemon.health()).redis, { status: "ok" });
  t.notOk(listening.closed);
  listening.abandon();
});

t.test("responds 503 while Redis accepts no writes, and continues what only reads", async (t) => {
  const { redis } = daemon;
  const refusals = [
    {
      name: "full",
      start: () => redis.config("SET", "maxmemory", "1"),
      end: () => redis.config("SET", "maxmemory", "0"),
    },
    {
      name: "a replica",
      start: () => redis.replicaof("127.0.0.1", 1),
      end: () => redis.replicaof("NO", "ONE"),
    },
  ];
  for (const { name, start, end } of refusals) {
    await start();
    t.teardown(end);
    const { status, headers } = await session.post(initialize());
    t.equal(status, 503, `${name}: initialize`);
    t.match(headers["retry-after"], /^\d+$/);
    t.equal((await session.send("DELETE")).status, 503, `${name}: DELETE`);
    t.equal((await session.post(callTool(3, "echo"))).status, 200, `${name}: a call`);
    await end();
    t.equal((await session.post(initialize())).status, 200, `${name}: it recovers`);
  }
  t.match(await daemon.completeLog(), /"event":"request.failed","reference":"\w+","cause":"OOM /);
});

t.test(
  "requests that fail because Redis rejects a command are counted in the log, also without a valid token",
  async (t) => {
    const { username } = daemon.redisServer.sessionDaemon;
    await daemon.redis.call("ACL", "SETUSER", username, "-mget");
    t.teardown(() => daemon.redis.call("ACL", "SETUSER", username, "+mget"));
    const unknown = () => `Bearer ${randomBytes(32).toString("base64url")}`;
    const responses = await Promise.all(
      Array.from({ length: 40 }, () => daemon.mcp({ method: "GET", headers: { authorization: unknown() } })),
    );
    for (const { status } of responses) t.equal(status, 500);
    const failures = await waitUntil("each has a line, or is counted", async () => {
      const lines = (await daemon.log()).split("\n").filter((line) => line.includes('"cause":"NOPERM'));
      const parsed = lines.map((line) => JSON.parse(line) as { count: number; reference: string });
      return parsed.reduce((sum, { count }) => sum + count, 0) === 40 ? parsed : undefined;
    });
    t.ok(failures.length < 40);
    for (const { json } of responses)
      t.ok(failures.some(({ reference }) => json.error.message.includes(reference)));
  },
);

t.test("waits for a lost connection and sends its requests again", async (t) => {
  for (let id = 0; id < 5; id++) {
    const [response] = await Promise.all([
      session.post(callTool(`lost ${id}`, "echo")),
      daemon.redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"),
    ]);
    t.equal(response.status, 200);
  }
});

t.test("does not wait twice as long when the connection is lost late", async (t) => {
  t.teardown(() => daemon.redis.call("CLIENT", "UNPAUSE"));
  // Twice as long is 3.7 s at least.
  const waitMs = await shortestTime(3_400, async () => {
    const other = await McpSession.open(daemon, grant);
    await daemon.redis.call("CLIENT", "PAUSE", "20000", "WRITE");
    const startedAtMs = performance.now();
    const response = other.send("DELETE");
    await sleep(1_700);
    await daemon.redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    t.equal((await response).status, 503);
    const ms = performance.now() - startedAtMs;
    await daemon.redis.call("CLIENT", "UNPAUSE");
    return ms;
  });
  t.ok(waitMs < 3_400, `${waitMs} ms`);
});

t.test("bounds the wait for a Redis that hangs", async (t) => {
  await daemon.redisServer.kill("SIGSTOP");
  t.teardown(() => daemon.redisServer.kill("SIGCONT"));
  t.equal((await session.post(callTool(4, "echo"))).status, 503);
  t.match((await daemon.health()).redis, { status: "away" });
  await daemon.redisServer.kill("SIGCONT");
  await waitUntil("it should recover", async () => (await session.post(callTool(5, "echo"))).status === 200);
});

t.test("recovers as soon as Redis has loaded its data, whatever it estimates", async (t) => {
  // Many small values, then a large one: by the time that these need, it estimates far too long a time for the rest.
  const filling = daemon.redis.pipeline();
  for (let i = 0; i < 3_000; i++) filling.set(`filling:${i}`, "x");
  await filling.select(1).set("filling", randomBytes(8_000_000)).select(0).exec();
  // Only what a snapshot holds is loaded slowly.
  await daemon.redis.bgrewriteaof();
  await waitUntil("the snapshot should be there", async () =>
    (await daemon.redis.info("persistence")).includes("aof_rewrite_in_progress:0"),
  );
  await daemon.redisServer.kill("SIGKILL");
  const loaded = daemon.redisServer.start(undefined, {
    "key-load-delay": "1000",
    "loading-process-events-interval-bytes": "1024",
  });
  t.match(await session.post(callTool(6, "echo")), { status: 503, headers: { "retry-after": /^\d+$/ } });
  await loaded;
  // Which waits for two seconds at most.
  t.equal((await session.post(callTool(7, "echo"))).status, 200);
});
