import { childCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import t from "tap";
import { closedGate } from "../../support/closed-gate.ts";
import { killWorker, listen, listeningChild, subscribe, updated } from "../../support/listening-child.ts";
import { callTool } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../../support/mcp-session.ts";
import { startSessionDaemon } from "../../support/running-daemon.ts";
import { StatelessClient } from "../../support/stateless-client.ts";

const daemon = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: childCommand("stateless") });

/** How many streams have been requested of the child of the session. */
async function requests(session: McpSession): Promise<number> {
  const { json } = await session.post(callTool(1, "lines"));
  const lines = JSON.parse(json.result.content[0]!.text) as string[];
  return lines.filter((line) => line.includes('"subscriptions/listen"')).length;
}

t.test("no update is lost while the child's stream is replaced", async (t) => {
  const grant = await daemon.grant();
  const child = listeningChild(daemon, grant);
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
  t.equal(await requests(session), 1);
  const uris = Array.from({ length: 60 }, (_, i) => `stub://${i}`);
  const stream = await new StatelessClient(daemon, grant).stream(listen(...uris));
  t.teardown(() => stream.abandon());
  t.match(await stream.expect(1), [{ params: { notifications: { resourceSubscriptions: uris } } }]);
  t.match(await listeningChild(daemon, grant).streams(), [{ resourceSubscriptions: uris }]);
  t.equal(await requests(session), 3, "one for the first resource, one for the others");
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

t.test("a stream that the child ends is opened again", async (t) => {
  const grant = await daemon.grant();
  const child = listeningChild(daemon, grant);
  const session = await McpSession.open(daemon, grant);
  await session.post(subscribe("stub://one"));
  for (const byNotification of [true, false]) {
    const before = await requests(session);
    await child.endStreams(byNotification);
    await waitUntil("another one is requested", async () => (await requests(session)) > before);
    t.match(await child.streams(), [{ toolsListChanged: true, resourceSubscriptions: ["stub://one"] }]);
  }
});

t.test("a subscription fails with its worker, and is made again on the next", async (t) => {
  const grant = await daemon.grant({ accountId: "7" });
  const child = listeningChild(daemon, grant);
  const session = await McpSession.open(daemon, grant);
  const stream = await session.listen();
  t.teardown(() => stream.abandon());
  await session.post(subscribe("stub://one"));
  const gate = closedGate(t);
  const waiting = session.post(subscribe(`hold:${gate.file}`));
  await waitUntil("the child has the request", () => gate.waiting === 1);
  await killWorker(daemon, "7");
  t.match((await waiting).json, { error: { code: -32000 } });
  t.equal(await child.touch("stub://one"), 1);
  t.match(await child.streams(), [{ resourceSubscriptions: ["stub://one"] }]);
  t.strictSame(await stream.expect(1), [updated("stub://one")]);
});
