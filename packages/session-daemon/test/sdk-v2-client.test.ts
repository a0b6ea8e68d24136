import { everythingMcp, sdkStatelessMcp } from "@fjmcp/testkit/children/child-command";
import { connectSdkV2Client } from "@fjmcp/testkit/mcp-client/connect-sdk-v2-client";
import t, { type Test } from "tap";
import { forwardToSocket } from "./support/loopback-forward.ts";
import { startSessionDaemon } from "./support/running-daemon.ts";

const pinned = { pin: "2026-07-28" };

/** A daemon with this child, and the connection of a client to it. */
async function serve(t: Test, command: string) {
  const daemon = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: command });
  const url = new URL("/mcp", await forwardToSocket(t, daemon.mcpSocket));
  return async (t: Test, mode: Parameters<typeof connectSdkV2Client>[2]) => {
    const client = await connectSdkV2Client(url, (await daemon.grant()).token, mode);
    t.teardown(() => client.close());
    return client;
  };
}

t.test("serves a child with sessions", async (t) => {
  const connect = await serve(t, everythingMcp().command);
  for (const mode of ["auto", pinned, "legacy"] as const) {
    await t.test(`serves the SDK's client, mode ${JSON.stringify(mode)}`, async (t) => {
      const client = await connect(t, mode);
      t.equal(client.getProtocolEra(), mode === "legacy" ? "legacy" : "modern");
      t.match(client.getServerVersion(), { name: /everything/ });
      const { tools } = await client.listTools();
      t.ok(tools.some(({ name }) => name === "echo"));
      const result = await client.callTool({ name: "echo", arguments: { message: "hello" } });
      t.match(result.content, [{ type: "text", text: /hello/ }]);
      const { resources } = await client.listResources();
      t.ok((await client.readResource({ uri: resources[0]!.uri })).contents.length > 0);
      t.ok((await client.listPrompts()).prompts.length > 0);
      await t.rejects(client.readResource({ uri: "no-such://resource" }));
      const progress: number[] = [];
      await client.callTool(
        { name: "trigger-long-running-operation", arguments: { duration: 1, steps: 4 } },
        { onprogress: (update) => progress.push(update.progress) },
      );
      t.strictSame(progress.slice(0, 3), [1, 2, 3]);
    });
  }

  await t.test("gives ten concurrent calls their own responses", async (t) => {
    const client = await connect(t, "auto");
    const messages = Array.from({ length: 10 }, (_, i) => `<${i}>`);
    const results = await Promise.all(
      messages.map((message) => client.callTool({ name: "echo", arguments: { message } })),
    );
    t.match(
      results.map(({ content }) => content),
      messages.map((message) => [{ text: new RegExp(message) }]),
    );
  });
});

t.test("serves a child of the SDK without sessions", async (t) => {
  const connect = await serve(t, sdkStatelessMcp().command);
  for (const mode of ["auto", pinned, "legacy"] as const) {
    await t.test(`serves the SDK's client, mode ${JSON.stringify(mode)}`, async (t) => {
      const client = await connect(t, mode);
      t.equal(client.getProtocolEra(), mode === "legacy" ? "legacy" : "modern");
      t.match(client.getServerVersion(), { name: "sdk-stateless" });
      t.match((await client.listTools()).tools, [{ name: "greet" }]);
      const result = await client.callTool(
        { name: "greet", arguments: { name: "Ada" } },
        { onprogress: () => undefined },
      );
      t.match(result.content, [{ text: "Hello, Ada" }]);
      t.match((await client.readResource({ uri: "ui://page" })).contents, [{ text: "<p>hello</p>" }]);
    });
  }

  await t.test("reports a changed resource, and logs for a request with a level", async (t) => {
    const client = await connect(t, pinned);
    const updated = new Promise((resolve) =>
      client.setNotificationHandler("notifications/resources/updated", ({ params }) => resolve(params.uri)),
    );
    const logs: unknown[] = [];
    client.setNotificationHandler("notifications/message", ({ params }) => void logs.push(params.data));
    await client.listen({ resourceSubscriptions: ["ui://page"] });
    await client.callTool({ name: "touch", arguments: { uri: "ui://page" } });
    t.equal(await updated, "ui://page");
    const args = (data: string) => ({ level: "warning", data });
    await client.callTool({ name: "log", arguments: args("without a level") });
    const _meta = { "io.modelcontextprotocol/logLevel": "info" };
    await client.callTool({ name: "log", arguments: args("with a level"), _meta });
    t.strictSame(logs, ["with a level"]);
  });
});
