import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { callTool } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

const daemon = await startSessionDaemon(t, { FJMCP_KEEP_ALIVE_SECONDS: "0.1" });
const grant = await daemon.grant();
const changed = { jsonrpc: "2.0", method: "notifications/tools/list_changed" };

t.test("opens a stream at once and keeps it alive", async (t) => {
  const session = await McpSession.open(daemon, grant);
  const stream = await session.listen();
  t.teardown(() => stream.abandon());
  t.equal(stream.status, 200);
  t.equal(stream.headers["content-type"], "text/event-stream");
  t.equal(stream.headers["cache-control"], "no-store");
  t.equal(stream.headers["x-accel-buffering"], "no");
  while (!stream.received.includes(": keep-alive\n\n: keep-alive\n\n")) await sleep(20);
  t.strictSame(stream.messages, []);
});

t.test("rejects an Accept without events with 406", async (t) => {
  const session = await McpSession.open(daemon, grant);
  t.equal((await session.send("GET", { accept: "application/json" })).status, 406);
});

t.test("keeps a stream open after the access token that opened it has expired", async (t) => {
  const { id } = await McpSession.open(daemon, grant);
  const short = await daemon.grant(grant, { exp: Math.floor(Date.now() / 1000) + 6 });
  const session = new McpSession(daemon, short, id);
  const stream = await session.listen();
  t.teardown(() => stream.abandon());
  while ((await session.send("PUT")).status !== 401) await sleep(100);
  await sleep(300);
  t.notOk(stream.closed);
});

t.test("counts a stream while it is open", async (t) => {
  const streams = async () => (await daemon.health()).streams;
  await waitUntil("those of other tests are closed", async () => (await streams()) === 0);
  const session = await McpSession.open(daemon, grant);
  const stream = await session.listen();
  t.equal(await streams(), 1);
  stream.abandon();
  await waitUntil("it is not counted", async () => (await streams()) === 0);
});

t.test("ends the oldest of more than four streams of a session", async (t) => {
  const session = await McpSession.open(daemon, grant);
  const other = await (await McpSession.open(daemon, grant)).listen();
  t.teardown(() => other.abandon());
  const streams = [];
  for (let i = 0; i < 6; i++) {
    const stream = await session.listen();
    t.teardown(() => stream.abandon());
    streams.push(stream);
  }
  await Promise.all(streams.slice(0, 2).map((stream) => stream.untilClosed()));
  await sleep(300);
  t.notOk([...streams.slice(2), other].some(({ closed }) => closed));
});

t.test("notifies every session of the grant once of a changed list, on its newest stream", async (t) => {
  const chatty = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: daemon.env.FJMCP_CHILD_COMMAND! });
  const grant = await chatty.grant();
  const first = await McpSession.open(chatty, grant);
  const second = await McpSession.open(chatty, grant);
  const foreign = await McpSession.open(chatty, await chatty.grant({ accountId: "2" }));
  const older = await first.listen();
  const newer = await first.listen();
  const [others, foreigners] = await Promise.all([second.listen(), foreign.listen()]);
  for (const stream of [older, newer, others, foreigners]) t.teardown(() => stream.abandon());
  // Not within 2 s of the worker's own start, when a child's chatter is swallowed.
  await sleep(2100);
  await first.post(callTool(1, "emit", { lines: [JSON.stringify(changed)] }));
  t.strictSame(await newer.expect(1), [changed]);
  t.strictSame(await others.expect(1), [changed]);
  t.strictSame(older.messages, []);
  t.strictSame(foreigners.messages, []);
});
