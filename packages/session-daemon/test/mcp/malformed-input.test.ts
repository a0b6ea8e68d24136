import { connect } from "node:net";
import { text } from "node:stream/consumers";
import t from "tap";
import { issuer } from "../support/grants.ts";
import { callTool, initialize } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../support/mcp-session.ts";
import { rawRequest } from "../support/raw-request.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

const daemon = await startSessionDaemon(t);
const grant = await daemon.grant();
const session = await McpSession.open(daemon, grant);
const ping = { jsonrpc: "2.0", id: 1, method: "ping" };

t.test("rejects a body that is no JSON-RPC message with 400 and the protocol's error", async (t) => {
  const cases: [body: string, code: number, id: unknown][] = [
    ["{", -32700, null],
    ["", -32700, null],
    ['{"jsonrpc":"2.0","id":1,"method":"ping"}x', -32700, null],
    ["[]", -32600, null],
    [`[${JSON.stringify(ping)}]`, -32600, null],
    ["7", -32600, null],
    ["{}", -32600, null],
    ['{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600, null],
    ['{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600, null],
    ['{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600, null],
    ['{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call"}', -32600, null],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","Name":"b"}}', -32602, 1],
  ];
  for (const [body, code, id] of cases) {
    const response = await session.post(body);
    t.equal(response.status, 400, body);
    t.match(response.json, { jsonrpc: "2.0", id, error: { code, message: String } }, body);
  }
});

t.test("rejects a body that is not UTF-8 with 400", async (t) => {
  const response = await daemon.mcp({ headers: session.headers(), body: Buffer.from([0x22, 0xff, 0x22]) });
  t.equal(response.status, 400);
  t.equal(response.json.error.code, -32700);
});

t.test("rejects a body that is not declared as JSON with 415", async (t) => {
  for (const type of [
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/json; charset=utf-16",
    "",
  ]) {
    t.equal((await session.post(ping, { "content-type": type })).status, 415, type);
  }
  t.equal((await session.post(ping, { "content-encoding": "gzip" })).status, 415);
  t.equal((await session.post(ping, { "content-encoding": "Identity" })).status, 200);
  for (const type of [
    "application/json; charset=utf-8",
    'Application/JSON;charset="UTF-8"',
    "application/json;charset=utf8",
  ]) {
    t.equal((await session.post(ping, { "content-type": type })).status, 200, type);
  }
});

t.test("rejects an Accept without JSON and events with 406", async (t) => {
  for (const accept of ["text/html", "application/json;q=0, text/event-stream;q=0.0", "image/*"]) {
    t.equal((await session.post(ping, { accept })).status, 406, accept);
  }
});

t.test("responds in the form that the Accept header allows", async (t) => {
  const forms: [accept: string, type: string][] = [
    ["application/json", "application/json"],
    ["*/*", "application/json"],
    ["application/*", "application/json"],
    ["", "application/json"],
    ["text/event-stream", "text/event-stream"],
    ["text/event-stream, application/json;q=0", "text/event-stream"],
  ];
  for (const [accept, type] of forms) {
    const response = await session.post(ping, { accept });
    t.equal(response.status, 200, accept);
    t.equal(response.headers["content-type"], type, accept);
  }
});

t.test("rejects a body over 4 MiB with 413, with or without a declared length", async (t) => {
  const body = Buffer.alloc(4 * 1024 * 1024 + 1, " ");
  const declared = await daemon.mcp({
    headers: session.headers({ "content-length": String(body.length) }),
    body,
  });
  t.equal(declared.status, 413);
  const chunked = await daemon.mcp({ headers: session.headers({ "transfer-encoding": "chunked" }), body });
  t.equal(chunked.status, 413);
});

t.test("does not read a far larger body to its end", async (t) => {
  const socket = connect(daemon.mcpSocket);
  socket.on("error", () => undefined);
  socket.resume();
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.write(rawRequest("POST", session.headers({ "content-length": String(2 ** 40) })));
  const chunk = Buffer.alloc(1024 * 1024, " ");
  while (!socket.destroyed && socket.bytesWritten < 200 * chunk.length) {
    if (!socket.write(chunk)) {
      await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), closed]);
    }
  }
  await closed;
  t.ok(socket.bytesWritten < 150 * chunk.length);
});

t.test("rejects other paths with 404 in JSON", async (t) => {
  for (const path of [
    "/",
    "/mcp//",
    "/mcp/x",
    "/mcp/.",
    "/mcp;x",
    "/mcp%2f",
    "/mcp\\",
    "/MCP",
    "/x/../mcp",
    "/health",
    "/sessions/end",
    "//mcp",
    "/%6dcp",
    "http://host/x/../mcp",
    "http://host//mcp",
    "*",
  ]) {
    const response = await daemon.mcp({ path, headers: session.headers(), body: JSON.stringify(ping) });
    t.equal(response.status, 404, path);
    t.ok(response.json.error.message);
  }
});

t.test("ignores a query and the absolute form of the target", async (t) => {
  for (const path of [
    "/mcp?x=1",
    "/mcp/",
    "/mcp/?x=/../y",
    "http://evil.example/mcp",
    "http://evil.example/mcp/",
  ]) {
    const response = await daemon.mcp({ path, headers: session.headers(), body: JSON.stringify(ping) });
    t.equal(response.status, 200, path);
  }
});

t.test("sends the same challenge whatever the request contains", async (t) => {
  const headers = {
    host: "evil.example",
    forwarded: "host=evil.example;proto=http",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "http",
    "x-forwarded-port": "8080",
  };
  for (const path of ["/mcp", "http://evil.example/mcp", "http://evil.example:8080/mcp"]) {
    const response = await daemon.mcp({ path, headers });
    t.equal(response.status, 401);
    t.equal(
      response.headers["www-authenticate"],
      `Bearer resource_metadata="${issuer}/.well-known/oauth-protected-resource/mcp", scope="forgejo:read forgejo:write"`,
    );
  }
});

t.test("rejects several Host headers, or none, with 400, before the token is looked at", async (t) => {
  for (const [status, hosts] of [
    [400, ["Host: a", "Host: b"]],
    [400, []],
    [401, ["Host: a"]],
  ] as const) {
    const socket = connect(daemon.mcpSocket);
    socket.write(["GET /mcp HTTP/1.1", ...hosts, "Connection: close", "", ""].join("\r\n"));
    t.equal((await text(socket)).slice(0, 12), `HTTP/1.1 ${status}`, hosts.join(", "));
  }
});

t.test("keeps the digits of an id in every response to it", async (t) => {
  const id = "9007199254740993";
  const replaceId = (message: object) => JSON.stringify(message).replace('"id":1', `"id":${id}`);
  const responses = [
    await new McpSession(daemon, grant).post(replaceId(initialize())),
    await session.post(replaceId(ping)),
    await session.post(replaceId({ ...ping, method: "unknown" })),
    await session.post(replaceId({ ...ping, params: [] })),
    await session.post(replaceId(callTool(1, "fail"))),
    await new McpSession(daemon, grant).post(replaceId(ping)),
    await new McpSession(daemon, grant, "unknown").post(replaceId(ping)),
  ];
  for (const response of responses) t.match(response.text, `"id":${id},`);
});

t.test("finds no session for an empty session id", async (t) => {
  t.equal((await new McpSession(daemon, grant, "").post(ping)).status, 404);
});

t.test("rejects an unsupported protocol version with 400 and the supported ones", async (t) => {
  for (const method of ["POST", "GET", "DELETE"]) {
    const response = await daemon.mcp({
      method,
      headers: session.headers({ "mcp-protocol-version": "1999-01-01" }),
      ...(method === "POST" ? { body: JSON.stringify(ping) } : {}),
    });
    t.equal(response.status, 400, method);
    t.strictSame(response.json.error.data, {
      supported: ["2025-11-25", "2025-06-18", "2025-03-26"],
      requested: "1999-01-01",
    });
  }
});

t.test("does not check the protocol version header of initialize, whose body negotiates", async (t) => {
  for (const version of ["2026-07-28", "1999-01-01", "", "x"]) {
    const reply = await new McpSession(daemon, grant).post(initialize("2025-06-18"), {
      "mcp-protocol-version": version,
    });
    t.equal(reply.status, 200, version);
    t.match(reply.json, { id: 1, result: { protocolVersion: "2025-06-18" } });
  }
});

t.test("accepts params and arguments that are null", async (t) => {
  t.match((await session.post({ ...ping, params: null })).json, { id: 1, result: {} });
  t.match((await session.post({ jsonrpc: "2.0", id: 1, method: "tools/list", params: null })).json.result, {
    tools: Array,
  });
  t.equal((await session.post(callTool(1, "process", null))).status, 200);
  const notification = { jsonrpc: "2.0", method: "notifications/initialized", params: null };
  t.equal((await session.post(notification)).status, 202);
});

t.test(
  "rejects a message of very many values with the protocol's error, and accepts one of megabytes",
  async (t) => {
    const many = { ...ping, params: { a: Array.from({ length: 1_000_000 }, () => ({})) } };
    const reply = await session.post(many);
    t.equal(reply.status, 400);
    t.match(reply.json, { jsonrpc: "2.0", id: null, error: { code: -32600, message: /too many values/ } });
    const file = "a line of a file\n".repeat(180_000);
    const echoed = await session.post(
      callTool(2, "echo", { file, numbers: Array.from({ length: 30_000 }, (_, i) => i) }),
    );
    t.equal(echoed.status, 200);
    t.match(JSON.parse(echoed.json.result.content[0]!.text), { file });
  },
);

t.test("logs a path without control characters, and not all of a long one", async (t) => {
  const path = `/%0a\u009b\u202e${"x".repeat(5_000)}`;
  await daemon.mcp({ path: encodeURI(path), headers: session.headers(), method: "GET" });
  const served = (await daemon.completeLog()).split("\n").filter((line) => line.includes("xxxxxxxx"));
  t.equal(served.length, 1);
  t.ok(served[0]!.length < 500);
});

t.test("closes a connection that sends garbage and continues to serve", async (t) => {
  await new Promise<void>((resolve) => {
    const socket = connect(daemon.mcpSocket, () => socket.write("\u0000\u0001garbage\r\n\r\n"));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve());
    socket.resume();
  });
  t.equal((await session.post(ping)).status, 200);
});

t.test("continues to serve after a client disconnects in the middle of its body", async (t) => {
  await new Promise<void>((resolve) => {
    const socket = connect(daemon.mcpSocket, () => {
      const part = rawRequest("POST", session.headers({ "content-length": "100" }), '{"jsonrpc"');
      socket.write(part, () => socket.destroy());
    });
    socket.on("close", () => resolve());
  });
  t.equal((await session.post(initialize())).status, 200);
  t.notMatch(await daemon.completeLog(), /"level":"(error|fatal)"/);
});

t.test("logs method, path and status of each request, and not its query", async (t) => {
  await session.post(ping);
  await daemon.mcp({ method: "GET", path: "/elsewhere?a=secret" });
  const log = await daemon.completeLog();
  t.match(log, '"method":"POST","path":"/mcp","status":200');
  t.match(log, '"method":"GET","path":"/elsewhere","status":404');
  t.notMatch(log, "a=secret");
});

t.test("logs nothing that a client sends", async (t) => {
  const canary = "canary-of-the-client";
  const named = initialize();
  named.params.clientInfo = { name: canary, version: canary };
  const bodies = [
    JSON.stringify(named),
    canary,
    `{"jsonrpc":"2.0","id":1,"method":"ping","${canary}":`,
    `{"jsonrpc":"2.0","id":"${canary}","method":"${canary}","params":["${canary}"]}`,
    `{"jsonrpc":"2.0","id":"${canary}","method":"${canary}","params":{"${canary}":"${canary}"}}`,
    `{"jsonrpc":"2.0","method":"notifications/${canary}","params":{"${canary}":1}}`,
    JSON.stringify(callTool(canary, canary, { [canary]: canary })),
    JSON.stringify(callTool(canary, "fail", { [canary]: canary })),
  ];
  for (const body of bodies) t.ok((await session.post(body)).status < 500, body);
  const names = "authorization mcp-session-id mcp-protocol-version content-type origin accept".split(" ");
  for (const name of names) {
    t.ok((await session.post(ping, { [name]: canary })).status >= 400, name);
  }
  t.equal((await daemon.mcp({ path: `/mcp?${canary}`, headers: session.headers(), body: "{}" })).status, 400);
  t.notMatch(await daemon.completeLog(), canary);
});
