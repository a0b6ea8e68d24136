import { fileURLToPath } from "node:url";
import { sdkChildCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import t from "tap";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";
import { connectSdkClient, type SdkClient } from "../support/sdk-client.ts";

const plainChild = fileURLToPath(new URL("../fixtures/changing-child.ts", import.meta.url));
const daemon = await startSessionDaemon(t, {
  FJMCP_CHILD_COMMAND: sdkChildCommand(),
  FJMCP_IDLE_SECONDS: "0.5",
});
const uri = "sdk://one";
const subscribe = (uri: unknown, method = "resources/subscribe") => ({
  jsonrpc: "2.0",
  id: 1,
  method,
  params: { uri },
});

async function untilUpdated({ updates }: SdkClient, count: number): Promise<void> {
  await waitUntil(`${count} updates should come`, () => updates.length >= count);
}

t.test("sends updates to the subscriber only, and none after it has unsubscribed", async (t) => {
  const grant = await daemon.grant();
  const subscriber = await connectSdkClient(t, daemon, grant);
  const other = await connectSdkClient(t, daemon, grant);
  t.ok(subscriber.client.getServerCapabilities()?.resources?.subscribe);
  await subscriber.client.subscribeResource({ uri });
  await other.client.subscribeResource({ uri: "sdk://other" });
  t.strictSame(await other.use("touch", { uri }), { isSubscribed: true });
  await untilUpdated(subscriber, 1);
  await subscriber.client.unsubscribeResource({ uri });
  t.strictSame(await other.use("touch", { uri }), { isSubscribed: false });
  t.strictSame(subscriber.updates, [uri]);
  t.strictSame(other.updates, []);
});

t.test("sends an update that concerns two subscriptions of a client once", async (t) => {
  const { client, updates, use } = await connectSdkClient(t, daemon, await daemon.grant());
  for (const each of [uri, `${uri}/part`]) await client.subscribeResource({ uri: each });
  for (let n = 1; n <= 2; n++) await use("touch", { uri: `${uri}/part` });
  await use("touch", { uri });
  await waitUntil("the last update should come", () => updates.includes(uri));
  t.strictSame(updates, [`${uri}/part`, `${uri}/part`, uri]);
});

t.test("counts the subscribers of a resource over the sessions of a grant", async (t) => {
  const grant = await daemon.grant();
  const [first, second] = await Promise.all([
    connectSdkClient(t, daemon, grant),
    connectSdkClient(t, daemon, grant),
  ]);
  await Promise.all([first, second, first].map(({ client }) => client.subscribeResource({ uri })));
  await first.client.unsubscribeResource({ uri });
  t.match(await first.use("state"), { subscribed: [uri] });
  await first.use("touch", { uri });
  await untilUpdated(second, 1);
  t.strictSame(first.updates, []);
  await second.transport.terminateSession();
  await waitUntil("the child is unsubscribed", async () => {
    const { subscribed } = await first.use("state");
    return subscribed.length === 0;
  });
});

t.test("makes subscriptions again on the worker that follows a crash", async (t) => {
  const subscriber = await connectSdkClient(t, daemon, await daemon.grant());
  await subscriber.client.subscribeResource({ uri });
  const { pid } = await subscriber.use("state");
  await t.rejects(subscriber.use("exit"));
  t.strictSame(await subscriber.use("touch", { uri }), { isSubscribed: true });
  await untilUpdated(subscriber, 1);
  t.not((await subscriber.use("state")).pid, pid);
});

t.test("makes a session's subscriptions again after a restart of the daemon", async (t) => {
  const grant = await daemon.grant();
  const session = await McpSession.open(daemon, grant);
  for (const kept of ["sdk://kept", "sdk://ended"])
    t.match((await session.post(subscribe(kept))).json, { result: {} });
  await session.post(subscribe("sdk://ended", "resources/unsubscribe"));
  await daemon.restart("SIGKILL");
  const stream = await session.listen();
  t.teardown(() => stream.abandon());
  const other = await connectSdkClient(t, daemon, grant);
  const subscribed = async () => (await other.use("state")).subscribed as string[];
  await waitUntil("the subscription is made again", async () => (await subscribed()).length > 0);
  t.strictSame(await subscribed(), ["sdk://kept"]);
  await other.use("touch", { uri: "sdk://kept" });
  const update = { method: "notifications/resources/updated", params: { uri: "sdk://kept" } };
  t.match(await stream.expect(1), [update]);
  await session.post(subscribe("sdk://kept", "resources/unsubscribe"));
  t.strictSame(await subscribed(), []);
});

t.test("keeps an idle worker while a subscriber listens, and reaps it afterwards", async (t) => {
  const grant = await daemon.grant();
  const session = await McpSession.open(daemon, grant);
  const stream = await session.listen();
  t.match((await session.post(subscribe(uri))).json, { result: {} });
  const workers = async () => (await daemon.control("GET", "/workers?accountId=1")).text;
  const isLive = async () => (await workers()).includes(grant.grantId);
  await new Promise((resolve) => setTimeout(resolve, 1_700));
  t.ok(await isLive(), "the worker stays");
  stream.abandon();
  await waitUntil("the worker should end", async () => !(await isLive()));
  const again = await connectSdkClient(t, daemon, grant);
  t.strictSame(await again.use("touch", { uri }), { isSubscribed: true });
});

t.test("passes on the child's error, and subscribes to nothing then", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant());
  const reply = await session.post(subscribe("other://one"));
  t.match(reply.json, { id: 1, error: { message: /no such resource/ } });
  t.match((await session.post(subscribe("other://one"))).json, { error: { message: /no such resource/ } });
});

t.test("rejects a URI that is missing or too long, and more than 100 of a session", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant());
  for (const uri of [undefined, 1, "", `sdk://${"x".repeat(3000)}`]) {
    for (const method of ["resources/subscribe", "resources/unsubscribe"])
      t.match((await session.post(subscribe(uri, method))).json, { error: { code: -32602 } });
  }
  t.match((await session.post(subscribe("never", "resources/unsubscribe"))).json, { result: {} });
  const replies = await Promise.all(
    Array.from({ length: 101 }, (_, i) => session.post(subscribe(`sdk://${i}`))),
  );
  t.equal(replies.filter(({ json }) => json.result !== undefined).length, 100);
  t.match(replies.find(({ json }) => json.error !== undefined)?.json, {
    error: { message: /100 subscriptions/ },
  });
  await session.post(subscribe("sdk://0", "resources/unsubscribe"));
  t.match((await session.post(subscribe("sdk://100"))).json, { result: {} });
});

t.test("rejects a subscription with -32601 where the child offers none", async (t) => {
  const silent = await startSessionDaemon(t, {
    FJMCP_CHILD_COMMAND: `${process.execPath} ${plainChild} plain`,
  });
  const session = await McpSession.open(silent, await silent.grant());
  t.match((await session.post(subscribe(uri))).json, { error: { code: -32601 } });
});

t.test("ends a grant's subscriptions with the grant", async (t) => {
  const grant = await daemon.grant({ accountId: "9" });
  const session = await McpSession.open(daemon, grant);
  await session.post(subscribe(uri));
  await daemon.control("POST", "/sessions/end", { by: "grant", grantId: grant.grantId });
  const again = await connectSdkClient(t, daemon, await daemon.grant({ ...grant, grantId: "another" }));
  t.match(await again.use("state"), { subscribed: [] });
});
