import { sdkChildCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import t from "tap";
import { rewriteToken, type FixtureGrant } from "../support/grants.ts";
import { callTool } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";
import { StatelessClient } from "../support/stateless-client.ts";

const daemon = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: sdkChildCommand() });
const uri = "sdk://one";
const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
const subscribe = (uri: string) => ({
  jsonrpc: "2.0",
  id: 1,
  method: "resources/subscribe",
  params: { uri },
});
const listen = (uri: string) => ({
  method: "subscriptions/listen",
  params: { notifications: { resourceSubscriptions: [uri] } },
});

/** As the auth-server does when the user leaves a connection no more than to read issues. */
async function narrow(grant: FixtureGrant): Promise<void> {
  await rewriteToken(daemon.redis, grant, { scope: "forgejo:read", toolsets: ["issues"] });
  await daemon.control("POST", "/grants/policy-changed", { grantId: grant.grantId });
}

/** What a child does for a grant, seen by another token of it. */
async function childOf({ accountId, grantId }: FixtureGrant) {
  const { token } = await daemon.grant({ accountId, grantId });
  const client = new StatelessClient(daemon, { accountId, grantId, clientId: "client-1", token });
  const use = async (tool: string, args: object = {}) =>
    JSON.parse((await client.call(tool, args)).json.result.content[0]!.text) as Record<string, unknown>;
  return {
    subscribed: async () => (await use("state")).subscribed as string[],
    touch: (uri: string) => use("touch", { uri }),
  };
}

t.test("the narrowing of a grant ends the subscriptions that it allows no more", async (t) => {
  const grant = await daemon.grant({ accountId: "2" });
  const session = await McpSession.open(daemon, grant);
  const stream = await session.listen();
  await session.post(subscribe(uri));
  const other = await new StatelessClient(daemon, grant).stream(listen(uri));
  t.teardown(() => [stream, other].forEach((each) => each.abandon()));
  await other.expect(1);
  t.match((await session.post(callTool(2, "state"))).text, /subscribed[^a-z]*sdk:/);

  await narrow(grant);
  const child = await childOf(grant);
  await waitUntil("the child is unsubscribed", async () => (await child.subscribed()).length === 0);
  const again = await daemon.grant({ accountId: "2", grantId: grant.grantId });
  const widened = new McpSession(daemon, again, session.id);
  t.match((await widened.post(subscribe(uri))).json, { result: {} });
  t.strictSame(await child.subscribed(), [uri], "the session can subscribe again");
});

t.test("a narrower token of a grant ends the subscriptions that it allows no more", async (t) => {
  const grant = await daemon.grant({ accountId: "3" });
  const session = await McpSession.open(daemon, grant);
  const stream = await session.listen();
  t.teardown(() => stream.abandon());
  await session.post(subscribe(uri));
  const child = await childOf(grant);
  t.match(await child.touch(uri), { isSubscribed: true });
  await waitUntil("an update should come", () => stream.received.includes("resources/updated"));
  const narrower = await daemon.grant(
    { accountId: "3", grantId: grant.grantId },
    { scope: "forgejo:read", toolsets: ["issues"], iat: Math.floor(Date.now() / 1000) + 5 },
  );
  await new McpSession(daemon, narrower, session.id).post(ping);
  t.strictSame(await child.subscribed(), []);
});

t.test("a session that moves to another grant keeps what that one allows", async (t) => {
  const first = await daemon.grant({ accountId: "4" });
  const second = await daemon.grant({ accountId: "4" }, { scope: "forgejo:read", toolsets: ["issues"] });
  const third = await daemon.grant({ accountId: "4" });
  const session = await McpSession.open(daemon, first);
  await session.post(subscribe(uri));
  await new McpSession(daemon, third, session.id).post(ping);
  await waitUntil("it moves", async () => (await (await childOf(third)).subscribed()).length === 1);
  await new McpSession(daemon, second, session.id).post(ping);
  await waitUntil("it ends", async () => (await (await childOf(third)).subscribed()).length === 0);
  t.strictSame(await (await childOf(second)).subscribed(), []);
});

t.test(
  "abandoned sessions give way at the account's limit, and a session that moves keeps all",
  async (t) => {
    const grant = await daemon.grant({ accountId: "5" });
    const sessions: McpSession[] = [];
    for (let i = 0; i < 10; i++) {
      const session = await McpSession.open(daemon, grant);
      sessions.push(session);
      const uris = Array.from({ length: 100 }, (_, n) => `sdk://${i}/${n}`);
      await Promise.all(uris.map((each) => session.post(subscribe(each))));
    }
    const child = await childOf(grant);
    t.equal((await child.subscribed()).length, 1_000);
    const taking = await daemon.grant({ accountId: "5" });
    await new McpSession(daemon, taking, sessions[9]!.id).post(ping);
    await waitUntil(
      "all should move",
      async () => (await (await childOf(taking)).subscribed()).length === 100,
    );
    t.equal((await child.subscribed()).length, 900);

    const late = await McpSession.open(daemon, grant);
    t.match((await late.post(subscribe(uri))).json, { result: {} });
    const left = await child.subscribed();
    t.equal(left.length, 801);
    t.notOk(
      left.some((each) => each.startsWith("sdk://0/")),
      "the session unused for longest has lost its own",
    );
  },
);

t.test("a session subscribes anew after its grant's subscriptions have ended", async (t) => {
  const grant = await daemon.grant({ accountId: "6" });
  const session = await McpSession.open(daemon, grant);
  await session.post(subscribe(uri));
  await daemon.control("POST", "/sessions/end", { by: "grant", grantId: grant.grantId });
  await session.post(callTool(1, "state"));
  const child = await childOf(grant);
  t.strictSame(await child.subscribed(), []);
  await session.post(subscribe(uri));
  t.strictSame(await child.subscribed(), [uri]);
});
