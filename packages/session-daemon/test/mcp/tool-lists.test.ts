import t from "tap";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { defaultToolsets } from "@fjmcp/shared/oauth/toolsets";
import { forgejoMcpTools, listingChild } from "../support/listing-child.ts";
import { callTool, initialize } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

interface Tool {
  readonly name: string;
  readonly title?: string;
  readonly annotations: Record<string, unknown>;
  readonly [member: string]: unknown;
}

const daemon = await startSessionDaemon(t, {
  FJMCP_CHILD_COMMAND: listingChild(t, {
    name: "Forgejo MCP Server",
    capabilities: { tools: {}, resources: {} },
    tools: forgejoMcpTools,
    addAfter: {
      call: "create_issue",
      tool: { name: "brand_new", title: "Its own", "x-member": [1], annotations: { readOnlyHint: true } },
    },
  }),
});
const list = { jsonrpc: "2.0", id: "list", method: "tools/list" };
const open = async (record: Record<string, unknown> = {}) =>
  McpSession.open(daemon, await daemon.grant({}, record));
const names = (tools: readonly unknown[]) => (tools as Tool[]).map(({ name }) => name);
const timesAsked = async (session: McpSession) => {
  const { json } = await session.post(callTool(99, "asked"));
  const asked = JSON.parse(json.result.content[0]!.text) as string[];
  return asked.filter((method) => method === "tools/list").length;
};

t.test("lists stay within their sizes", async (t) => {
  for (const [toolsets, count, maxKilobytes] of [
    [["issues"], 23, 24],
    [defaultToolsets, 77, 60],
    [undefined, 141, 100],
  ] as const) {
    const session = await open(toolsets === undefined ? {} : { toolsets });
    const { text, json } = await session.post(list);
    t.equal(json.result.tools.length, count);
    t.ok(text.length <= maxKilobytes * 1000, `${count} tools: ${text.length} bytes`);
    t.comment(`${count} tools: ${text.length} bytes`);
  }
});

t.test("annotations and titles are those of the table, all else is the child's", async (t) => {
  const { json, text } = await (await open()).post(list);
  const tools = json.result.tools as Tool[];
  t.match(json, { id: "list" });
  t.ok(text.includes('"_meta":{"exact":12345678901234567890.10}'), "digits are kept");
  const find = (name: string) => tools.find((tool) => tool.name === name)!;
  t.match(find("get_issue_by_index"), {
    title: "Get issue",
    inputSchema: { required: ["owner", "repo", "index"] },
    annotations: {
      title: "Get issue",
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: true,
    },
  });
  t.match(find("create_issue").annotations, {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: false,
  });
  t.match(find("delete_file").annotations, {
    readOnlyHint: false,
    destructiveHint: true,
    idempotentHint: true,
  });
});

t.test("a token without forgejo:write sees the tools that read, in the child's order", async (t) => {
  const all = names((await (await open()).post(list)).json.result.tools);
  const reading = names((await (await open({ scope: "forgejo:read" })).post(list)).json.result.tools);
  t.equal(reading.length, 67);
  t.strictSame(
    reading,
    all.filter((name) => reading.includes(name)),
  );
  t.notOk(reading.some((name) => /^(create|delete|edit|update|merge|add|remove)_/.test(name)));
});

t.test("the child is asked once, until its list changes; then the clients are notified", async (t) => {
  const session = await open();
  await session.post(list);
  // The worker itself reads the list once when it has started.
  const before = await waitUntil("both are asked", async () => {
    const asked = await timesAsked(session);
    return asked >= 2 ? asked : undefined;
  });
  const first = (await session.post(list)).text;
  t.equal((await session.post({ ...list, id: 2 })).text.replace('"id":2', '"id":"list"'), first);
  t.match((await session.post({ ...list, params: { _meta: { progressToken: 1 } } })).text, first);
  t.equal(await timesAsked(session), before);
  await session.post(callTool(3, "create_issue"));
  const { json } = await session.post(list);
  t.ok((await timesAsked(session)) > before);
  t.match((json.result.tools as Tool[]).at(-1), {
    name: "brand_new",
    title: "Its own",
    "x-member": [1],
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false },
  });
  const log = await waitUntil("the unknown tool is logged", async () => {
    const text = await daemon.log();
    return text.includes('"event":"tools.unknown"') ? text : undefined;
  });
  t.match(log, /"event":"tools.unknown","table":"forgejo-mcp","tools":\["brand_new"\],"count":1/);
});

t.test("very many unknown tools are logged once, not for each worker", async (t) => {
  const tools = Array.from({ length: 1_200 }, (_, i) => ({ name: `tool_${i}` }));
  const large = await startSessionDaemon(t, {
    FJMCP_CHILD_COMMAND: listingChild(t, { name: "Large", tools, pageSize: 1_200 }),
  });
  for (const accountId of ["1", "2"]) {
    const session = await McpSession.open(large, await large.grant({ accountId }));
    await waitUntil("the worker has listed them", async () => {
      await session.post(callTool(1, `tool_${accountId}`));
      const { text } = await large.control("GET", "/metrics");
      return text.includes(`tool="tool_${accountId}",outcome="ok"`);
    });
  }
  const lines = (await large.completeLog()).split("\n").filter((line) => line.includes('"tools.unknown"'));
  t.equal(lines.length, 1);
  t.match(JSON.parse(lines[0]!), { count: 1_200 });
});

t.test("a page is one of the child's, whatever is left out of it", async (t) => {
  const paged = await startSessionDaemon(t, {
    FJMCP_CHILD_COMMAND: listingChild(t, {
      name: "Forgejo MCP Server",
      tools: forgejoMcpTools,
      pageSize: 50,
    }),
  });
  const session = await McpSession.open(paged, await paged.grant({}, { toolsets: ["wiki"] }));
  for (const round of ["from the child", "from the cache"]) {
    const found: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const { json } = await session.post({ ...list, params: cursor === undefined ? {} : { cursor } });
      const result = json.result as unknown as { tools: unknown[]; nextCursor?: string };
      found.push(...names(result.tools));
      cursor = result.nextCursor;
      pages++;
    } while (cursor !== undefined);
    t.equal(pages, 3, round);
    t.equal(found.length, 6, round);
  }
});

t.test("a change of what a grant allows is seen at once, and its clients are notified", async (t) => {
  const grant = await daemon.grant();
  const session = new McpSession(daemon, grant);
  const { headers, json } = await session.post(initialize());
  session.id = headers["mcp-session-id"] as string;
  const { capabilities } = json.result as unknown as {
    capabilities: Record<string, { listChanged?: boolean }>;
  };
  const offered = Object.keys(capabilities).filter((kind) => capabilities[kind]!.listChanged === true);
  t.strictSame(offered, ["tools", "resources"], "all lists that the child has");
  const stream = await session.listen();
  t.ok((await session.post(list)).json.result.tools.length >= 141);
  await daemon.grant({ ...grant }, { scope: "forgejo:read" });
  const changed = () => stream.messages.filter((each) => JSON.stringify(each).includes("tools/list_changed"));
  t.equal(changed().length, 0);
  const reply = await daemon.control("POST", "/grants/policy-changed", { grantId: grant.grantId });
  t.equal(reply.status, 200);
  await waitUntil("list_changed", () => changed().length > 0);
  t.strictSame(
    stream.messages,
    offered.map((kind) => ({ jsonrpc: "2.0", method: `notifications/${kind}/list_changed` })),
  );
  t.equal((await daemon.control("POST", "/grants/policy-changed", {})).status, 400);
});

t.test("another policy of a grant's newer token is noticed without a notice", async (t) => {
  const grant = await daemon.grant();
  const session = await McpSession.open(daemon, grant);
  const stream = await session.listen();
  const newer = await daemon.grant(
    { ...grant },
    { toolsets: ["wiki"], iat: Math.floor(Date.now() / 1000) + 1 },
  );
  const { json } = await new McpSession(daemon, newer, session.id).post(list);
  t.equal(json.result.tools.length, 6);
  await waitUntil("list_changed", () => JSON.stringify(stream.messages).includes("tools/list_changed"));
});
