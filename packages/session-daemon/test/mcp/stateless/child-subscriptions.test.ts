import { childCommand, sdkStatelessMcp } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import t from "tap";
import { closedGate } from "../../support/closed-gate.ts";
import type { FixtureGrant } from "../../support/grants.ts";
import { callTool, McpSession } from "../../support/mcp-session.ts";
import { startSessionDaemon } from "../../support/running-daemon.ts";
import { connectSdkClient } from "../../support/sdk-client.ts";
import { StatelessClient } from "../../support/stateless-client.ts";

interface Filter {
  readonly toolsListChanged?: boolean;
  readonly resourceSubscriptions?: readonly string[];
}

const daemon = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: childCommand("stateless") });
const request = (method: string, uri: string) => ({ jsonrpc: "2.0", id: 1, method, params: { uri } });
const subscribe = (uri: string) => request("resources/subscribe", uri);
const unsubscribe = (uri: string) => request("resources/unsubscribe", uri);
const listen = (...resourceSubscriptions: readonly string[]) => ({
  id: "s",
  method: "subscriptions/listen",
  params: { notifications: { resourceSubscriptions } },
});
const updated = (uri: string) => ({
  jsonrpc: "2.0",
  method: "notifications/resources/updated",
  params: { uri },
});

/** The child of a grant, used by a client without sessions. */
function childOf(grant: FixtureGrant) {
  const client = new StatelessClient(daemon, grant);
  const use = async (tool: string, args: object = {}) =>
    (await client.call(tool, args)).json.result.content[0]!.text;
  return {
    streams: async () => JSON.parse(await use("streams")) as Filter[],
    /** The number of streams that have got the update. */
    touch: async (uri: string) => (JSON.parse(await use("touch", { uri })) as { streams: number }).streams,
    endStreams: (byNotification: boolean) => use("endStreams", { byNotification }),
  };
}

async function killWorker(accountId: string): Promise<void> {
  const { workers } = JSON.parse((await daemon.control("GET", `/workers?accountId=${accountId}`)).text) as {
    workers: { pid: number }[];
  };
  process.kill(workers[0]!.pid, "SIGKILL");
}

t.test("a session subscribes to resources of a child without sessions", async (t) => {
  const grant = await daemon.grant();
  const child = childOf(grant);
  const [subscriber, other] = [await McpSession.open(daemon, grant), await McpSession.open(daemon, grant)];
  const [stream, otherStream] = [await subscriber.listen(), await other.listen()];
  t.teardown(() => [stream, otherStream].forEach((each) => each.abandon()));
  t.match((await subscriber.post(subscribe("stub://one"))).json, { id: 1, result: {} });
  t.match((await other.post(subscribe("stub://two"))).json, { result: {} });
  t.equal(await child.touch("stub://one"), 1);
  t.strictSame(await stream.expect(1), [updated("stub://one")]);
  t.match((await subscriber.post(unsubscribe("stub://one"))).json, { result: {} });
  await waitUntil("the child should not report it", async () => (await child.touch("stub://one")) === 0);
  const [open, ...more] = await child.streams();
  t.strictSame(more, [], "one stream is open");
  t.match(open, { toolsListChanged: true, resourceSubscriptions: ["stub://two"] });
  await child.touch("stub://two");
  t.strictSame(await otherStream.expect(1), [updated("stub://two")]);
  t.equal(stream.messages.length, 1);
});

t.test("the result of initialize names what the child offers", async (t) => {
  const { client } = await connectSdkClient(t, daemon, await daemon.grant());
  t.match(client.getServerCapabilities(), { resources: { subscribe: true } });
});

t.test("a stream of a client without sessions gets updates of such a child", async (t) => {
  const grant = await daemon.grant();
  const child = childOf(grant);
  const stream = await new StatelessClient(daemon, grant).stream(listen("stub://one", "omit:one"));
  t.match(await stream.expect(1), [{ params: { notifications: { resourceSubscriptions: ["stub://one"] } } }]);
  await child.touch("stub://one");
  t.strictSame((await stream.expect(2))[1], {
    ...updated("stub://one"),
    params: { uri: "stub://one", _meta: { "io.modelcontextprotocol/subscriptionId": "s" } },
  });
  stream.abandon();
  await waitUntil("the child's stream names no resource", async () =>
    (await child.streams()).every(({ resourceSubscriptions }) => resourceSubscriptions === undefined),
  );
});

t.test("what the child rejects or leaves out is not subscribed to, and the rest stays", async (t) => {
  const grant = await daemon.grant();
  const session = await McpSession.open(daemon, grant);
  t.match((await session.post(subscribe("stub://one"))).json, { result: {} });
  for (let i = 0; i < 2; i++) {
    t.match((await session.post(subscribe("reject:one"))).json, {
      error: { code: -32602, message: "No such resource: reject:one" },
    });
    t.match((await session.post(subscribe("omit:one"))).json, { error: { code: -32602 } });
  }
  t.match((await session.post(subscribe("stub://two"))).json, { result: {} });
  t.match(await childOf(grant).streams(), [{ resourceSubscriptions: ["stub://one", "stub://two"] }]);
});

t.test("no update is lost while the child's stream is replaced", async (t) => {
  const grant = await daemon.grant();
  const child = childOf(grant);
  const [first, second] = [await McpSession.open(daemon, grant), await McpSession.open(daemon, grant)];
  const stream = await first.listen();
  t.teardown(() => stream.abandon());
  await first.post(subscribe("stub://one"));
  const gate = closedGate(t);
  const waiting = second.post(subscribe(`hold:${gate.file}`));
  await waitUntil("the child has the request", () => gate.waiting === 1);
  t.equal(await child.touch("stub://one"), 1, "the earlier stream is still open");
  await stream.expect(1);
  gate.open();
  t.match((await waiting).json, { result: {} });
  t.equal(await child.touch("stub://one"), 1, "only the later one is");
  t.strictSame(await stream.expect(2), [updated("stub://one"), updated("stub://one")]);
});

t.test("subscriptions that are made together share a request", async (t) => {
  const grant = await daemon.grant();
  const session = await McpSession.open(daemon, grant);
  const requests = async () => {
    const { json } = await session.post(callTool(1, "lines"));
    const lines = JSON.parse(json.result.content[0]!.text) as string[];
    return lines.filter((line) => line.includes('"subscriptions/listen"')).length;
  };
  t.equal(await requests(), 1);
  const uris = Array.from({ length: 60 }, (_, i) => `stub://${i}`);
  const stream = await new StatelessClient(daemon, grant).stream(listen(...uris));
  t.teardown(() => stream.abandon());
  t.match(await stream.expect(1), [{ params: { notifications: { resourceSubscriptions: uris } } }]);
  t.match(await childOf(grant).streams(), [{ resourceSubscriptions: uris }]);
  t.equal(await requests(), 3, "one for the first resource, one for the others");
});

t.test("one resource that a later worker rejects does not affect the others", async (t) => {
  const grant = await daemon.grant({ accountId: "8" });
  const child = childOf(grant);
  const session = await McpSession.open(daemon, grant);
  const gate = closedGate(t);
  gate.open();
  for (const uri of ["stub://one", `gone:${gate.file}`, "stub://two"])
    t.match((await session.post(subscribe(uri))).json, { result: {} });
  gate.close();
  await killWorker("8");
  await waitUntil("the others are subscribed to", async () => {
    const [open] = await child.streams();
    return open?.resourceSubscriptions?.join() === "stub://one,stub://two";
  });
  t.match((await session.post(subscribe("stub://three"))).json, { result: {} });
  t.match(await child.streams(), [
    { toolsListChanged: true, resourceSubscriptions: ["stub://one", "stub://two", "stub://three"] },
  ]);
});

t.test("the more the child's stream names, the longer until it is replaced", async (t) => {
  const grant = await daemon.grant();
  const session = await McpSession.open(daemon, grant);
  const uris = Array.from({ length: 100 }, (_, i) => `stub://${i}/${"x".repeat(2_000)}`);
  const stream = await new StatelessClient(daemon, grant).stream(listen(...uris));
  t.teardown(() => stream.abandon());
  await stream.expect(1);
  const startedMs = performance.now();
  for (const uri of ["stub://one", "stub://two"])
    t.match((await session.post(subscribe(uri))).json, { result: {} });
  t.ok(performance.now() - startedMs > 150);
});

t.test("a subscription that the child does not acknowledge fails, and the earlier ones stay", async (t) => {
  const hasty = await startSessionDaemon(t, {
    FJMCP_CHILD_COMMAND: childCommand("stateless"),
    FJMCP_REQUEST_SECONDS: "1",
  });
  const session = await McpSession.open(hasty, await hasty.grant());
  t.match((await session.post(subscribe("stub://one"))).json, { result: {} });
  const reply = await session.post(subscribe(`hold:${closedGate(t).file}`));
  t.match(reply.json, { error: { code: -32001 } });
  const { json } = await session.post(callTool(1, "streams"));
  t.match(JSON.parse(json.result.content[0]!.text), [{ resourceSubscriptions: ["stub://one"] }]);
  t.match((await session.post(subscribe("stub://two"))).json, { result: {} });
});

t.test("a stream that the child ends is opened again", async (t) => {
  const grant = await daemon.grant();
  const child = childOf(grant);
  const session = await McpSession.open(daemon, grant);
  await session.post(subscribe("stub://one"));
  for (const byNotification of [true, false]) {
    await child.endStreams(byNotification);
    t.strictSame(await child.streams(), []);
    await waitUntil("a stream is open", async () => (await child.streams()).length === 1);
    t.match(await child.streams(), [{ toolsListChanged: true, resourceSubscriptions: ["stub://one"] }]);
  }
});

t.test("a subscription fails with its worker, and is made again on the next", async (t) => {
  const grant = await daemon.grant({ accountId: "7" });
  const child = childOf(grant);
  const session = await McpSession.open(daemon, grant);
  const stream = await session.listen();
  t.teardown(() => stream.abandon());
  await session.post(subscribe("stub://one"));
  const gate = closedGate(t);
  const waiting = session.post(subscribe(`hold:${gate.file}`));
  await waitUntil("the child has the request", () => gate.waiting === 1);
  await killWorker("7");
  t.match((await waiting).json, { error: { code: -32000 } });
  t.equal(await child.touch("stub://one"), 1);
  t.match(await child.streams(), [{ resourceSubscriptions: ["stub://one"] }]);
  t.strictSame(await stream.expect(1), [updated("stub://one")]);
});

t.test("clients of the SDK get the updates of a server of the SDK", async (t) => {
  const sdk = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: sdkStatelessMcp().command });
  const grant = await sdk.grant();
  const subscriber = await connectSdkClient(t, sdk, grant);
  const other = await connectSdkClient(t, sdk, grant);
  t.match(subscriber.client.getServerCapabilities(), { resources: { subscribe: true } });
  const uri = "ui://page";
  await subscriber.client.subscribeResource({ uri });
  await other.use("touch", { uri });
  await waitUntil("an update should come", () => subscriber.updates.length === 1);
  await t.rejects(other.use("exit"));
  await other.use("touch", { uri });
  await waitUntil("another update should come", () => subscriber.updates.length === 2);
  await subscriber.client.unsubscribeResource({ uri });
  await other.use("touch", { uri });
  t.strictSame(subscriber.updates, [uri, uri]);
  t.strictSame(other.updates, []);
});
