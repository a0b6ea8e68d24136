import { childCommand, sdkStatelessMcp } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import t from "tap";
import { closedGate } from "../../support/closed-gate.ts";
import {
  killWorker,
  listen,
  listeningChild,
  subscribe,
  unsubscribe,
  updated,
} from "../../support/listening-child.ts";
import { callTool } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../../support/mcp-session.ts";
import { startSessionDaemon } from "../../support/running-daemon.ts";
import { connectSdkClient } from "../../support/sdk-client.ts";
import { StatelessClient } from "../../support/stateless-client.ts";

const daemon = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: childCommand("stateless") });

t.test("a session subscribes to resources of a child without sessions", async (t) => {
  const grant = await daemon.grant();
  const child = listeningChild(daemon, grant);
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
  const child = listeningChild(daemon, grant);
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
  t.match(await listeningChild(daemon, grant).streams(), [
    { resourceSubscriptions: ["stub://one", "stub://two"] },
  ]);
});

t.test("one resource that a later worker rejects does not affect the others", async (t) => {
  const grant = await daemon.grant({ accountId: "8" });
  const child = listeningChild(daemon, grant);
  const session = await McpSession.open(daemon, grant);
  const gate = closedGate(t);
  gate.open();
  for (const uri of ["stub://one", `gone:${gate.file}`, "stub://two"])
    t.match((await session.post(subscribe(uri))).json, { result: {} });
  gate.close();
  await killWorker(daemon, "8");
  await waitUntil("the others are subscribed to", async () => {
    const [open] = await child.streams();
    return open?.resourceSubscriptions?.join() === "stub://one,stub://two";
  });
  t.match((await session.post(subscribe("stub://three"))).json, { result: {} });
  t.match(await child.streams(), [
    { toolsListChanged: true, resourceSubscriptions: ["stub://one", "stub://two", "stub://three"] },
  ]);
});

t.test("one resource that the child rejects later does not affect the next", async (t) => {
  const grant = await daemon.grant({ accountId: "9" });
  const child = listeningChild(daemon, grant);
  const session = await McpSession.open(daemon, grant);
  const gate = closedGate(t);
  gate.open();
  const gone = `gone:${gate.file}`;
  for (const uri of ["stub://one", gone]) t.match((await session.post(subscribe(uri))).json, { result: {} });
  gate.close();
  for (const uri of ["stub://two", "stub://three"])
    t.match((await session.post(subscribe(uri))).json, { result: {} });
  t.match(await child.streams(), [{ resourceSubscriptions: ["stub://one", "stub://two", "stub://three"] }]);
  t.match((await session.post(unsubscribe(gone))).json, { result: {} });
  t.match((await session.post(subscribe(gone))).json, { error: { code: -32602 } });
  gate.open();
  t.match((await session.post(subscribe(gone))).json, { result: {} });
  t.match(await child.streams(), [
    { resourceSubscriptions: ["stub://one", "stub://two", "stub://three", gone] },
  ]);
});

t.test("a subscription that the child does not acknowledge fails, and the earlier ones stay", async (t) => {
  const hasty = await startSessionDaemon(t, {
    FJMCP_CHILD_COMMAND: childCommand("stateless"),
    FJMCP_REQUEST_SECONDS: "4",
  });
  const session = await McpSession.open(hasty, await hasty.grant());
  t.match((await session.post(subscribe("stub://one"))).json, { result: {} });
  const reply = await session.post(subscribe(`hold:${closedGate(t).file}`));
  t.match(reply.json, { error: { code: -32001 } });
  const { json } = await session.post(callTool(1, "streams"));
  t.match(JSON.parse(json.result.content[0]!.text), [{ resourceSubscriptions: ["stub://one"] }]);
  t.match((await session.post(subscribe("stub://two"))).json, { result: {} });
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
