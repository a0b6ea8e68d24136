import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { sdkChildCommand } from "@fjmcp/testkit/children/child-command";
import type { EventStream } from "@fjmcp/testkit/mcp-client/http-client";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { callTool, initialize } from "@fjmcp/testkit/mcp-client/messages";
import type { FixtureGrant } from "../support/grants.ts";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

const daemon = await startSessionDaemon(t);
const grant = await daemon.grant();
const session = await McpSession.open(daemon, grant);

function idsOf({ received }: EventStream): string[] {
  return [...received.matchAll(/^id: (.*)$/gm)].map(([, id]) => id!);
}

function resume(id: string | undefined, by = session): Promise<EventStream> {
  return by.listen({ "last-event-id": id! });
}

/** Makes the child send the notification; it swallows none that comes 2 s after its start. */
async function emit(message: object): Promise<void> {
  await session.post(callTool("emit", "emit", { lines: [JSON.stringify(message)] }));
}
/** The stream's first event has come. */
async function begun(stream: EventStream): Promise<EventStream> {
  await waitUntil("the stream should begin", () => idsOf(stream).length > 0);
  return stream;
}
const tokenOf = (stream: EventStream) => idsOf(stream)[0]!.split(".")[0];
const changed = { jsonrpc: "2.0", method: "notifications/tools/list_changed" };

t.test("sends what a standalone stream missed to the client that resumes it", async (t) => {
  await sleep(2_000);
  const broken = await session.listen();
  await emit(changed);
  await broken.expect(1);
  t.match(broken.received, /^id: [\da-f-]{36}\.0\nretry: 1000\ndata: \n\nid: [\da-f-]{36}\.1\n/);
  broken.abandon();
  await waitUntil("the connection should be closed", async () => (await daemon.health()).streams === 0);
  await emit(changed);
  await emit(changed);
  const resumed = await resume(idsOf(broken).at(-1));
  t.strictSame(await resumed.expect(2), [changed, changed]);
  await emit(changed);
  await resumed.expect(3);
  t.equal((await daemon.health()).streams, 1);
  const moved = await resume(idsOf(resumed).at(-2));
  await resumed.untilClosed();
  t.strictSame(await moved.expect(1), [changed], "also while the server takes it for connected");
  moved.abandon();
});

t.test("sends what a standalone stream missed to its session and grant alone", async (t) => {
  const broken = await begun(await session.listen());
  const [id] = idsOf(broken);
  broken.abandon();
  await waitUntil("the connection should be closed", async () => (await daemon.health()).streams === 0);
  await emit(changed);
  const foreign = await daemon.grant({ accountId: "2" });
  const others = [await McpSession.open(daemon, grant), await McpSession.open(daemon, foreign)];
  for (const other of others) {
    const stream = await begun(await resume(id, other));
    t.equal(stream.status, 200);
    t.not(tokenOf(stream), tokenOf(broken), "it is a stream of its own");
    t.strictSame(stream.messages, []);
    stream.abandon();
  }
  const mine = await resume(id);
  t.strictSame(await mine.expect(1), [changed]);
  mine.abandon();
});

t.test("keeps nothing of a standalone stream for the next grant of its session", async (t) => {
  const taken = await McpSession.open(daemon, grant);
  const broken = await begun(await taken.listen());
  broken.abandon();
  await waitUntil("the connection should be closed", async () => (await daemon.health()).streams === 0);
  await emit(changed);
  const other = new McpSession(daemon, await daemon.grant({ accountId: grant.accountId }), taken.id);
  t.equal((await other.post(callTool(1, "echo", {}))).status, 200);
  const resumed = await begun(await resume(idsOf(broken)[0], other));
  t.equal(tokenOf(resumed), tokenOf(broken));
  t.strictSame(resumed.messages, []);
  resumed.abandon();
});

t.test("evicts a broken standalone stream when its client opens a new one", async (t) => {
  const broken = await begun(await session.listen());
  broken.abandon();
  await waitUntil("the connection should be closed", async () => (await daemon.health()).streams === 0);
  const opened = await session.listen();
  await emit(changed);
  await opened.expect(1);
  const late = await begun(await resume(idsOf(broken)[0]));
  t.strictSame(late.messages, [], "the message went to the new one");
  t.not(tokenOf(late), tokenOf(broken));
  opened.abandon();
  late.abandon();
});

t.test("gives the events of a client of an earlier revision ids, and no event without data", async (t) => {
  const earlier = new McpSession(daemon, grant);
  earlier.id = (await earlier.post(initialize("2025-06-18"))).headers["mcp-session-id"] as string;
  const stream = await earlier.listen();
  await emit(changed);
  await stream.expect(1);
  t.match(stream.received, /^id: [\da-f-]{36}\.1\nevent: message\n/);
  stream.abandon();
});

t.test("makes a client whose access has ended leave its user the time to sign in", async (t) => {
  const open = async (protocolVersion?: string) => {
    const ending = await daemon.grant();
    const session = new McpSession(daemon, ending);
    session.id = (await session.post(initialize(protocolVersion))).headers["mcp-session-id"] as string;
    return { ending, session, stream: await session.listen() };
  };
  const end = async ({ grantId }: FixtureGrant) => {
    await daemon.control("POST", "/sessions/end", { by: "grant", grantId });
  };
  const [current, earlier] = [await open(), await open("2025-06-18")];
  await begun(current.stream);
  for (const { ending, stream } of [current, earlier]) {
    await end(ending);
    await stream.untilClosed();
  }
  t.match(current.stream.received, /\nretry: 600000\ndata: \n\n$/);
  t.notMatch(earlier.stream.received, "retry");

  for (const isLeft of [true, false]) {
    const { ending, session, stream } = await open();
    await begun(stream);
    const other = await daemon.grant({ accountId: ending.accountId });
    t.equal((await new McpSession(daemon, other, session.id).post(callTool(1, "echo", {}))).status, 200);
    await end(isLeft ? ending : other);
    await stream.untilClosed();
    // Where the earlier grant ends, its client has signed in already.
    t.equal(stream.received.includes("retry: 600000"), !isLeft);
  }
});

t.test("opens a new standalone stream for the client of a daemon that was restarted", async (t) => {
  const stream = await begun(await session.listen());
  await daemon.restart("SIGTERM");
  await stream.untilClosed();
  const next = await resume(idsOf(stream)[0]);
  t.equal(next.status, 200);
  t.notOk(next.closed);
  next.abandon();
});

t.test("sends a request of the child on a stream that is opened, or resumed, only after it", async (t) => {
  const isolated = await startSessionDaemon(t, {
    FJMCP_CHILD_COMMAND: sdkChildCommand(),
    FJMCP_CHILD_ISOLATION: "session",
  });
  const session = new McpSession(isolated, await isolated.grant());
  const message = initialize();
  const params = { ...message.params, capabilities: { roots: {} } };
  session.id = (await session.post({ ...message, params })).headers["mcp-session-id"] as string;
  const call = (id: number) => session.post(callTool(id, "roots"), { accept: "application/json" });
  const respondOn = async (stream: EventStream) => {
    const [{ id }] = (await stream.expect(1)) as [{ id: string }];
    await session.post({ jsonrpc: "2.0", id, result: { roots: [{ uri: "file:///mine" }] } });
  };
  const first = call(1);
  await sleep(300);
  const stream = await session.listen();
  await respondOn(stream);
  t.match((await first).json.result.content[0]!.text, "file:///mine");
  stream.abandon();
  await waitUntil("the connection should be closed", async () => (await isolated.health()).streams === 0);
  const second = call(2);
  await sleep(300);
  const resumed = await resume(idsOf(stream).at(-1), session);
  t.teardown(() => resumed.abandon());
  await respondOn(resumed);
  t.match((await second).json.result.content[0]!.text, "file:///mine");
});
