import t from "tap";
import { forgejoMcpTools, listingChild } from "../support/listing-child.ts";
import { callTool } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

const forgejoMcp = listingChild(t, { name: "Forgejo MCP Server", tools: forgejoMcpTools });
const daemon = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: forgejoMcp });
const open = async (record: Record<string, unknown> = {}) =>
  McpSession.open(daemon, await daemon.grant({}, record));
const reads = { scope: "forgejo:read", requestedScope: "forgejo:read" };
const ran = { status: 200, json: { result: { content: [{ text: /^ran / }] } } };

function postTo(
  session: McpSession,
  message: object,
  query: string,
  headers: Readonly<Record<string, string>> = {},
) {
  const path = `/mcp${query}`;
  return daemon.mcp({
    method: "POST",
    path,
    headers: session.headers(headers),
    body: JSON.stringify(message),
  });
}

t.test(
  "a client that requested to read only is asked to request more, with its own metadata URL",
  async (t) => {
    const session = await open(reads);
    t.match(await session.post(callTool(1, "get_issue_by_index")), ran);
    const reply = await session.post(callTool("x", "create_issue"));
    t.match(reply, { status: 403, json: { id: "x", error: { code: -32000 } } });
    t.equal(
      reply.headers["www-authenticate"],
      'Bearer resource_metadata="https://mcp.example.org/.well-known/oauth-protected-resource/mcp", scope="forgejo:read forgejo:write", error="insufficient_scope"',
    );
  },
);

t.test("a client whose own configuration excludes a tool is not asked to request more for it", async (t) => {
  const session = await open(reads);
  const post = (query: string, tool = "create_issue") => postTo(session, callTool(1, tool), query);
  const excluded = { status: 200, json: { error: { message: /configuration of this client/ } } };
  for (const query of ["?readonly", "?toolsets=code", "?readonly&toolsets=issues"])
    t.match(await post(query), excluded, query);
  t.match(await post("?toolsets=code", "get_issue_by_index"), excluded);
  for (const query of ["?toolsets=issues", "?readonly=false"])
    t.match(await post(query), { status: 403 }, query);
  const code = await open({ toolsets: ["code"] });
  for (const query of ["?readonly", "?toolsets=code"])
    t.match(await postTo(code, callTool(1, "create_issue"), query), excluded, `without issues: ${query}`);
});

t.test(
  "what the user left out needs a new connection: the page of connections allows less alone",
  async (t) => {
    const advice =
      /To allow more, connect it again, or make another token, once you have disconnected it at https:\/\/mcp\.example\.org\/connections$/;
    const reading = await open({ scope: "forgejo:read" });
    t.match(await reading.post(callTool(1, "create_issue")), {
      status: 200,
      json: { id: 1, error: { code: -32602, message: advice } },
    });
    const issues = await open({ ...reads, toolsets: ["issues"] });
    const otherToolset = await issues.post(callTool(1, "create_release"));
    t.match(otherToolset, {
      status: 200,
      json: { error: { message: /toolset "releases".*https:\/\/mcp\.example\.org\/connections$/ } },
    });
    t.match(otherToolset.json.error.message, advice);
  },
);

t.test("a client narrows its own requests, and never widens them", async (t) => {
  const session = await open({ toolsets: ["issues", "code"] });
  const post = (message: object, query: string, headers: Record<string, string> = {}) =>
    postTo(session, message, query, headers);
  const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };
  const counts = async (query: string, headers: Record<string, string> = {}) =>
    (await post(list, query, headers)).json.result.tools.length;
  const all = await counts("");
  const issues = await counts("?toolsets=issues");
  t.ok(issues > 0 && issues < all);
  t.equal(await counts("", { "x-mcp-toolsets": " Issues " }), issues);
  t.equal(await counts("?toolsets=issues,wiki"), issues, "wiki is not granted");
  t.equal(await counts("?toolsets=all"), all);
  t.equal(await counts("?toolsets=default&other=1"), all);
  t.equal(await counts("?toolsets=&readonly=false", { "x-mcp-toolsets": "", "x-mcp-readonly": "" }), all);
  t.equal(await counts("?toolsets=issues", { "x-mcp-toolsets": "code" }), 0, "both apply");
  t.equal(await counts("?toolsets=issues&toolsets=code"), 0, "also when it is repeated");
  t.equal(await counts("?toolsets=ISSUES%2c+pull_Requests"), issues);
  t.equal(await counts("?Toolsets=issues"), issues, "a misspelt name must not mean everything");
  const reading = await counts("?readonly");
  t.ok(reading > 0 && reading < all);
  t.equal(await counts("", { "x-mcp-readonly": "true" }), reading);
  t.equal(await counts("?readonly=false", { "x-mcp-readonly": "1" }), reading);
  for (const query of ["?readonly=false&readonly", "?readonly=TRUE", "?readOnly", "?READONLY=on"])
    t.equal(await counts(query), reading, query);
  t.equal(await counts("", { "x-mcp-readonly": "false, True" }), reading);
  t.equal(await counts("?toolsets=issues", { "x-mcp-toolsets": "issues,all" }), issues);
  t.match(await post(callTool(2, "create_issue"), "?readonly"), {
    status: 200,
    json: { error: { code: -32602, message: /configuration of this client/ } },
  });
  t.match(await post(callTool(2, "create_issue"), ""), ran);
  for (const [query, headers] of [
    ["?toolsets=issue", {}],
    ["?toolsets=issues,__proto__", {}],
    ["", { "x-mcp-toolsets": "nothing" }],
  ] as const) {
    const reply = await post(list, query, headers);
    t.match(reply, { status: 400, json: { error: { message: /issues, pull-requests, code/ } } });
  }
  t.match(await post(list, "?readonly=maybe"), { status: 400 });
});

t.test(
  "resources, prompts and completion follow the toolsets; all that the table does not know is other",
  async (t) => {
    const session = await open({ ...reads, toolsets: ["issues"] });
    const post = (method: string, params: object = {}) =>
      session.post({ jsonrpc: "2.0", id: 1, method, params });
    const read = (uri: string) => post("resources/read", { uri });
    t.match((await read("forgejo://repo/o/r/issue/1")).json, { result: { contents: [{ text: "read" }] } });
    for (const uri of [
      "forgejo://repo/o/r/pr/1",
      "forgejo://repo/o/r",
      "stub://one",
      "FORGEJO://repo/o/r/issue/1",
      "forgejo://repo/o/r/issues\n/1/../../pr/1\n",
    ]) {
      const expected = uri.includes("issues") ? { result: {} } : { error: { code: -32602 } };
      t.match((await read(uri)).json, expected, uri);
    }
    t.match((await post("resources/list")).json, {
      result: { resources: [{ uri: "forgejo://repo/o/r/issue/1" }] },
    });
    t.match((await post("resources/templates/list")).json.result, {
      resourceTemplates: [{ uriTemplate: "forgejo://repo/{owner}/{repo}/issue/{index}" }],
    });
    t.match((await post("prompts/list")).json, { result: { prompts: [] } });
    t.match((await post("prompts/get", { name: "review" })).json, { error: { code: -32602 } });
    const complete = (ref: unknown) =>
      post("completion/complete", { ref, argument: { name: "a", value: "" } });
    t.match((await complete({ type: "ref/resource", uri: "forgejo://repo/o/r/issue/1" })).json, {
      result: {},
    });
    for (const ref of [
      { type: "ref/prompt", name: "review" },
      { type: "ref/resource", uri: "forgejo://repo/o/r/issue/1", URI: "stub://one" },
      { type: "ref/other", name: "x" },
      "review",
      undefined,
    ])
      t.match((await complete(ref)).json, { error: { code: -32602 } }, JSON.stringify(ref));
    const full = await open();
    t.match((await full.post({ jsonrpc: "2.0", id: 1, method: "prompts/list" })).json, {
      result: { prompts: [{ name: "review" }] },
    });
  },
);

t.test("arguments that name files of the machine are denied to prompts and completions too", async (t) => {
  const session = await open();
  const post = (method: string, params: object) => session.post({ jsonrpc: "2.0", id: 1, method, params });
  const ref = { type: "ref/prompt", name: "review" };
  const completion = { ref, argument: { name: "text", value: "" } };
  for (const [method, params, denied] of [
    ["prompts/get", { name: "review", arguments: { text: "x" } }, undefined],
    [
      "prompts/get",
      { name: "review", arguments: { File_Path: "/etc/passwd" } },
      /"file_path" is not allowed here, .* Leave it out\.$/,
    ],
    ["completion/complete", completion, undefined],
    ["completion/complete", { ...completion, argument: { name: "file_path", value: "/" } }, /file_path/],
    ["completion/complete", { ...completion, context: { arguments: { save_to: "/" } } }, /save_to/],
    [
      "completion/complete",
      { ...completion, Argument: { name: "file_path", value: "/" } },
      /in another case/,
    ],
    [
      "completion/complete",
      { ...completion, argument: { Name: "file_path", value: "/" } },
      /in another case/,
    ],
  ] as const) {
    const expected = denied === undefined ? { result: {} } : { error: { code: -32602, message: denied } };
    t.match((await post(method, params)).json, expected, JSON.stringify(params));
  }
});

t.test("the administrator's lists hold for every token: deny wins, and there is no step-up", async (t) => {
  const listed = await startSessionDaemon(t, {
    FJMCP_CHILD_COMMAND: forgejoMcp,
    FJMCP_TOOLS_ALLOW: "get_* list_* create_issue forgejo://repo/*",
    FJMCP_TOOLS_DENY: "get_file_content *_wiki_* forgejo://*/pr/* forgejo://repo/o/a%20b/*",
  });
  for (const record of [{}, reads]) {
    const session = await McpSession.open(listed, await listed.grant({}, record));
    for (const name of ["delete_file", "get_file_content", "get_wiki_page", "GET_issue_by_index"]) {
      t.match(
        await session.post(callTool(1, name)),
        {
          status: 200,
          json: { error: { code: -32602, message: /administrator.*FJMCP_TOOLS_DENY/ } },
        },
        name,
      );
    }
    t.match(await session.post(callTool(1, "get_issue_by_index")), ran);
    const read = (uri: string) =>
      session.post({ jsonrpc: "2.0", id: 1, method: "resources/read", params: { uri } });
    t.match((await read("forgejo://repo/o/r/issue/1")).json, { result: {} });
    for (const uri of [
      "forgejo://repo/o/r/pr/1",
      "forgejo://repo/o/r/%70r/1",
      "forgejo://repo/o/r%2fp%52/1",
      "forgejo://repo/o/r/PR/1",
      "forgejo://repo/%FF/%70%72/1",
      "forgejo://repo/o/a%20b/1",
      "forgejo://repo/o/a b/1",
      "forgejo://repo/o/%61%20%62/1",
      "forgejo://repo/o/r/x/../pr/1",
      "forgejo://repo/o/r/x/%2e%2E/pr/1",
      "forgejo://@repo/o/r/p\tr/1",
      " forgejo://repo/o/r/pr/1",
      "forgejo://repo/../x/1/../../pr/1",
    ]) {
      t.match((await read(uri)).json, { error: { message: /administrator/ } }, uri);
    }
    t.match((await read("stub://one")).json, { error: { message: /administrator/ } });
    const { tools } = (await session.post({ jsonrpc: "2.0", id: 1, method: "tools/list" })).json.result;
    t.strictSame(
      (tools as { name: string }[]).filter(
        ({ name }) => !/^(get_|list_|create_issue$)/.test(name) || name.includes("_wiki_"),
      ),
      [],
    );
    t.ok(tools.length > 40);
  }
});

t.test("a child without a table has only destructive tools of the toolset other", async (t) => {
  const tools = [{ name: "get_issue_by_index", annotations: { readOnlyHint: true } }];
  const stranger = await startSessionDaemon(t, {
    FJMCP_CHILD_COMMAND: listingChild(t, { name: "Forgejo MCP server", tools }),
  });
  const grant = await stranger.grant({}, reads);
  const session = await McpSession.open(stranger, grant);
  t.match(await session.post(callTool(1, "get_issue_by_index")), { status: 403 });
  await stranger.restart("SIGKILL");
  t.match(
    await session.post(callTool(1, "get_issue_by_index")),
    { status: 403 },
    "before any worker has started",
  );
  const full = await McpSession.open(stranger, await stranger.grant({}, { toolsets: ["other"] }));
  t.match(await full.post(callTool(1, "get_issue_by_index")), ran);
});

t.test("a daemon that has started no worker yet decides by the table of its child", async (t) => {
  const session = await open({ ...reads, toolsets: ["issues"] });
  await daemon.restart("SIGTERM");
  const replies = await Promise.all(
    ["get_issue_by_index", "create_issue", "get_file_content"].map((name, id) =>
      session.post(callTool(id, name)),
    ),
  );
  t.match(replies, [
    ran,
    { status: 403, json: { id: 1 } },
    { status: 200, json: { error: { code: -32602 } } },
  ]);
});
