import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import t, { type Test } from "tap";
import { everythingMcp } from "@fjmcp/testkit/children/child-command";
import type { FixtureGrant } from "./support/grants.ts";
import { forwardToSocket } from "./support/loopback-forward.ts";
import { startSessionDaemon } from "./support/running-daemon.ts";

const daemon = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: everythingMcp().command });
const url = new URL("/mcp", await forwardToSocket(t, daemon.mcpSocket));

async function connectClient(t: Test, grant: FixtureGrant) {
  const client = new Client({ name: "sdk-client", version: "1.0.0" });
  const transport = new StreamableHTTPClientTransport(url, {
    requestInit: { headers: { authorization: `Bearer ${grant.token}` } },
  });
  await client.connect(transport);
  t.teardown(() => client.close());
  return { client, transport };
}

t.test("serves an SDK client that initialises, lists and calls on a real child", async (t) => {
  const { client, transport } = await connectClient(t, await daemon.grant());
  t.ok(transport.sessionId);
  t.match(client.getServerVersion(), { name: /everything/ });
  const { tools } = await client.listTools();
  t.ok(tools.some(({ name }) => name === "echo"));
  const result = await client.callTool({ name: "echo", arguments: { message: "hello" } });
  t.match(result.content, [{ type: "text", text: /hello/ }]);
  const { resources } = await client.listResources();
  t.ok(resources.length > 0);
  const read = await client.readResource({ uri: resources[0]!.uri });
  t.ok(read.contents.length > 0);
  const { prompts } = await client.listPrompts();
  t.ok(prompts.length > 0);
  t.strictSame(await client.ping(), {});
});

t.test("advertises no capability that is not forwarded", async (t) => {
  const { client } = await connectClient(t, await daemon.grant());
  const capabilities = client.getServerCapabilities()!;
  t.ok(capabilities.tools);
  t.notOk(capabilities.tasks);
  t.ok(capabilities.logging);
  t.ok(capabilities.resources?.subscribe);
});

t.test("sends the progress of a long call", async (t) => {
  const { client } = await connectClient(t, await daemon.grant());
  const progress: number[] = [];
  const result = await client.callTool(
    { name: "trigger-long-running-operation", arguments: { duration: 1, steps: 4 } },
    undefined,
    { onprogress: (update) => progress.push(update.progress) },
  );
  t.match(result.content, [{ type: "text" }]);
  // The SDK loses the last one when it shares a chunk with the result.
  t.strictSame(progress.slice(0, 3), [1, 2, 3]);
});

t.test("gives ten concurrent calls their own responses", async (t) => {
  const { client } = await connectClient(t, await daemon.grant());
  const results = await Promise.all(
    Array.from({ length: 10 }, (_, i) => client.callTool({ name: "echo", arguments: { message: `<${i}>` } })),
  );
  for (const [i, { content }] of results.entries()) t.match(content, [{ text: new RegExp(`<${i}>`) }]);
});

t.test("continues a client's session after the daemon was killed", async (t) => {
  const { client, transport } = await connectClient(t, await daemon.grant());
  const before = transport.sessionId;
  await daemon.restart("SIGKILL");
  const result = await client.callTool({ name: "echo", arguments: { message: "still here" } });
  t.match(result.content, [{ text: /still here/ }]);
  t.equal(transport.sessionId, before);
});

t.test("ends the session when the client ends it", async (t) => {
  const { client, transport } = await connectClient(t, await daemon.grant());
  await transport.terminateSession();
  await t.rejects(client.listTools());
});
