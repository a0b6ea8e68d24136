import { sdkChildCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import t from "tap";
import { McpSession } from "../../support/mcp-session.ts";
import { startSessionDaemon } from "../../support/running-daemon.ts";
import { StatelessClient } from "../../support/stateless-client.ts";

const daemon = await startSessionDaemon(t, {
  FJMCP_CHILD_COMMAND: sdkChildCommand(),
  FJMCP_TOOLS_DENY: "sdk://denied",
});
const uri = "sdk://one";
const meta = { "io.modelcontextprotocol/subscriptionId": "s" };
const listen = (resourceSubscriptions: readonly string[]) => ({
  id: "s",
  method: "subscriptions/listen",
  params: { notifications: { resourceSubscriptions } },
});

async function childState(client: StatelessClient): Promise<{ subscribed: string[] }> {
  const { json } = await client.call("state");
  return JSON.parse(json.result.content[0]!.text) as { subscribed: string[] };
}

t.test("a stream gets the updates of the resources that it names, and no log messages", async (t) => {
  const client = new StatelessClient(daemon, await daemon.grant());
  const { json } = await client.post({ method: "server/discover" });
  t.match(json.result, { capabilities: { resources: { subscribe: true }, logging: undefined } });
  const stream = await client.stream(listen([uri, "sdk://other"]));
  await stream.expect(1);
  await client.call("log", { level: "error", data: "a message" });
  t.match((await client.call("touch", { uri })).json.result.content, [{ text: '{"isSubscribed":true}' }]);
  t.strictSame(await stream.expect(2), [
    {
      jsonrpc: "2.0",
      method: "notifications/subscriptions/acknowledged",
      params: { notifications: { resourceSubscriptions: [uri, "sdk://other"] }, _meta: meta },
    },
    { jsonrpc: "2.0", method: "notifications/resources/updated", params: { uri, _meta: meta } },
  ]);
  stream.abandon();
  await waitUntil(
    "the child is unsubscribed",
    async () => (await childState(client)).subscribed.length === 0,
  );
});

t.test("a stream gets an update that concerns two of its resources once", async (t) => {
  const client = new StatelessClient(daemon, await daemon.grant());
  const part = `${uri}/part`;
  const stream = await client.stream(listen([uri, part]));
  await stream.expect(1);
  for (const each of [part, uri]) await client.call("touch", { uri: each });
  const updates = (await stream.expect(3)).slice(1) as { params: { uri: string } }[];
  t.strictSame(
    updates.map(({ params }) => params.uri),
    [part, uri],
  );
  stream.abandon();
});

t.test("what the child or the administrator rejects is not acknowledged", async (t) => {
  const client = new StatelessClient(daemon, await daemon.grant());
  const stream = await client.stream(listen(["sdk://denied", uri, "other://one"]));
  t.teardown(() => stream.abandon());
  t.match(await stream.expect(1), [{ params: { notifications: { resourceSubscriptions: [uri] } } }]);
  t.strictSame((await childState(client)).subscribed, [uri]);
});

t.test("a URI that is too long is rejected", async (t) => {
  const client = new StatelessClient(daemon, await daemon.grant());
  const reply = await client.post(listen([`sdk://${"x".repeat(2_048)}`]));
  t.match(reply, { status: 400, json: { error: { code: -32602, message: "2048" } } });
});

t.test("a session cannot subscribe to what the administrator does not allow", async (t) => {
  const grant = await daemon.grant();
  const session = await McpSession.open(daemon, grant);
  for (const method of ["resources/subscribe", "resources/read"]) {
    const reply = await session.post({ jsonrpc: "2.0", id: 1, method, params: { uri: "sdk://denied" } });
    t.match(reply.json, { id: 1, error: { code: -32602, message: "FJMCP_TOOLS_DENY" } }, method);
  }
  t.strictSame((await childState(new StatelessClient(daemon, grant))).subscribed, []);
});
