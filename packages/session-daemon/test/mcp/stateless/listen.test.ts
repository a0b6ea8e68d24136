import { setTimeout as sleep } from "node:timers/promises";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import t from "tap";
import { McpSession } from "../../support/mcp-session.ts";
import { startSessionDaemon } from "../../support/running-daemon.ts";
import { StatelessClient } from "../../support/stateless-client.ts";

const daemon = await startSessionDaemon(t, {
  FJMCP_CHILD_COMMAND: childCommand("chatty"),
  FJMCP_KEEP_ALIVE_SECONDS: "0.1",
});
const subscription = (id: unknown) => ({ "io.modelcontextprotocol/subscriptionId": id });
const listen = (id: unknown, notifications: unknown) => ({
  id,
  method: "subscriptions/listen",
  params: { notifications },
});
/** After this, a child's list_changed is not taken for one of its start. */
const settledMs = 2_100;

t.test("a stream is acknowledged first, and gets only the types that were requested", async (t) => {
  const client = new StatelessClient(daemon, await daemon.grant());
  const all = await client.stream(
    listen("all", { toolsListChanged: true, resourcesListChanged: true, promptsListChanged: true }),
  );
  t.teardown(() => all.abandon());
  const one = await client.stream(listen(2, { resourcesListChanged: true, toolsListChanged: false }));
  t.teardown(() => one.abandon());
  const none = await client.stream(listen(3, {}));
  t.teardown(() => none.abandon());
  t.equal(all.status, 200);
  t.equal(all.headers["content-type"], "text/event-stream");
  t.equal(all.headers["x-accel-buffering"], "no");
  // The child has no prompts.
  const acknowledged = (id: unknown, notifications: object) => ({
    jsonrpc: "2.0",
    method: "notifications/subscriptions/acknowledged",
    params: { notifications, _meta: subscription(id) },
  });
  await sleep(settledMs);
  await client.call("chatter");
  const changed = (kind: string, id: unknown) => ({
    jsonrpc: "2.0",
    method: `notifications/${kind}/list_changed`,
    params: { _meta: subscription(id) },
  });
  t.strictSame(await all.expect(3), [
    acknowledged("all", { toolsListChanged: true, resourcesListChanged: true }),
    changed("tools", "all"),
    changed("resources", "all"),
  ]);
  t.strictSame(await one.expect(2), [
    acknowledged(2, { resourcesListChanged: true }),
    changed("resources", 2),
  ]);
  await sleep(300);
  t.equal(all.messages.length, 3);
  t.equal(one.messages.length, 2);
  t.strictSame(none.messages, [acknowledged(3, {})]);
  t.match(none.received, /^: /m);
  t.notMatch(all.received, /^(id|retry):/m);
});

t.test("a session and a stream of the same grant each get a change once", async (t) => {
  const grant = await daemon.grant();
  const client = new StatelessClient(daemon, grant);
  const session = await McpSession.open(daemon, grant);
  const standalone = await session.listen();
  t.teardown(() => standalone.abandon());
  const stream = await client.stream(listen(1, { toolsListChanged: true }));
  t.teardown(() => stream.abandon());
  // A known child's worker starts in the background.
  await client.call("echo");
  await sleep(settledMs);
  await client.call("chatter");
  await stream.expect(2);
  await standalone.expect(1);
  await sleep(300);
  t.equal(stream.messages.length, 2);
  t.equal(
    standalone.messages.filter((message) => JSON.stringify(message).includes("tools/list_changed")).length,
    1,
  );
});

t.test("resources are not acknowledged where no child's can be subscribed to", async (t) => {
  const client = new StatelessClient(daemon, await daemon.grant());
  const stream = await client.stream(listen(1, { resourceSubscriptions: ["stub://one"] }));
  t.teardown(() => stream.abandon());
  t.match(await stream.expect(1), [{ params: { notifications: {} } }]);
});

t.test("a faulty filter is rejected", async (t) => {
  const client = new StatelessClient(daemon, await daemon.grant());
  for (const notifications of [
    undefined,
    null,
    [],
    "x",
    { toolsListChanged: "yes" },
    { resourceSubscriptions: "stub://one" },
    { resourceSubscriptions: [1] },
    { resourceSubscriptions: Array.from({ length: 101 }, (_, i) => `stub://${i}`) },
  ]) {
    const reply = await client.post(listen("f", notifications));
    t.equal(reply.status, 400);
    t.match(reply.json, { id: "f", error: { code: -32602 } });
  }
});

t.test("a client that accepts no events cannot listen", async (t) => {
  const client = new StatelessClient(daemon, await daemon.grant());
  const reply = await client.post(listen(1, {}), { accept: "application/json" });
  t.equal(reply.status, 406);
});

t.test("the end of the connection ends the subscription", async (t) => {
  const client = new StatelessClient(daemon, await daemon.grant());
  const streams = async () => (await daemon.health()).streams;
  await waitUntil("those of other tests are closed", async () => (await streams()) === 0);
  const stream = await client.stream(listen(1, { toolsListChanged: true }));
  t.equal(await streams(), 1);
  stream.abandon();
  await waitUntil("it is not counted", async () => (await streams()) === 0);
});

t.test("the end of the grant ends the stream with a result", async (t) => {
  const grant = await daemon.grant();
  const stream = await new StatelessClient(daemon, grant).stream(listen(12, { toolsListChanged: true }));
  await stream.expect(1);
  const ended = await daemon.control("POST", "/sessions/end", { by: "grant", grantId: grant.grantId });
  t.equal(ended.status, 200, ended.text);
  await stream.untilClosed();
  t.match(stream.messages.at(-1), {
    id: 12,
    result: { resultType: "complete", _meta: subscription(12) },
  });
});

t.test("the end of the grant rejects a call in flight", async (t) => {
  const grant = await daemon.grant();
  const client = new StatelessClient(daemon, grant);
  const args = { sleepMs: 30_000 };
  const waiting = client.call("echo", args, {}, { accept: "application/json" });
  const begun = await client.stream({
    id: 8,
    method: "tools/call",
    params: { name: "echo", arguments: args },
  });
  await waitUntil("both are with the child", async () => {
    const { workers } = JSON.parse((await daemon.control("GET", "/workers")).text) as {
      workers: { grantId: string; callsInFlight: number }[];
    };
    return workers.some(({ grantId, callsInFlight }) => grantId === grant.grantId && callsInFlight >= 2);
  });
  await daemon.control("POST", "/sessions/end", { by: "grant", grantId: grant.grantId });
  const rejected = await waiting;
  t.equal(rejected.status, 401);
  t.match(rejected.headers["www-authenticate"], /error="invalid_token"/);
  await begun.untilClosed();
  t.match(begun.messages, [{ id: 8, error: { code: -32603 } }]);
});

t.test("a stop of the daemon ends the stream with a result", async (t) => {
  const stream = await new StatelessClient(daemon, await daemon.grant()).stream(listen("stop", {}));
  await stream.expect(1);
  await daemon.restart("SIGTERM");
  await stream.untilClosed();
  t.match(stream.messages.at(-1), {
    id: "stop",
    result: { resultType: "complete", _meta: subscription("stop") },
  });
});
