import { childCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import t from "tap";
import { caller, forgejoToken, nextId, request, runPool, toolText, useTool } from "../../support/run-pool.ts";

const who = caller();

t.test("a response has the client's own id, to the digit", async (t) => {
  const { pool } = runPool(t, { command: childCommand("echo") });
  for (const id of ["1", '"1"', "9007199254740993", '"ü\\"😀"', "-5"]) {
    const text = await useTool(pool, who, "echo", { a: "😀" }, id).text;
    t.match(text, `"id":${id}`);
    t.match(text, "😀");
  }
});

t.test("concurrent calls with the same id each get their own response", async (t) => {
  const { pool } = runPool(t, { command: childCommand("echo") });
  const calls = Array.from({ length: 200 }, (_, index) =>
    useTool(pool, who, "echo", { canary: index, sleepMs: (index * 7) % 20 }),
  );
  const texts = await Promise.all(calls.map((call) => toolText(call)));
  t.same(
    texts.map((text) => (JSON.parse(text) as { canary: number }).canary),
    calls.map((_, index) => index),
  );
  t.same(pool.counts(), { live: 1, idle: 1, waiting: 0 }, "on one process");
});

t.test("an error of the child is forwarded to the client", async (t) => {
  const { pool } = runPool(t, { command: childCommand("echo") });
  t.match(await useTool(pool, who, "fail", {}, '"x"').response, { id: "x", error: { code: -32603 } });
});

t.test("the child gets rebuilt lines with ids of the worker", async (t) => {
  const { pool } = runPool(t, { command: childCommand("echo") });
  await useTool(pool, who, "echo", { text: "a\r\nb\u2028" }, '"mine"').text;
  const lines = JSON.parse(await toolText(useTool(pool, who, "lines"))) as string[];
  t.match(
    lines[0],
    '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"fjmcp"',
  );
  t.equal(lines[1], '{"jsonrpc":"2.0","method":"notifications/initialized"}');
  const echo = lines.find((line) => line.includes('"name":"echo"')) ?? "";
  t.match(
    echo,
    /^\{"jsonrpc":"2\.0","id":\d+,"method":"tools\/call","params":\{"name":"echo","arguments":\{"text":"a\\r\\nb\u2028"\}\}\}$/,
  );
  t.notMatch(lines.join(""), /mine/);
});

t.test("progress goes to its own call, with the client's token", async (t) => {
  const { pool } = runPool(t, { command: childCommand("echo") });
  const params = (token: unknown) => ({
    name: "echo",
    arguments: { progress: 3 },
    _meta: { progressToken: token },
  });
  const one = request(pool, who, "tools/call", params("same"));
  const two = request(pool, who, "tools/call", params("same"));
  const none = request(pool, who, "tools/call", { name: "echo", arguments: { progress: 3 } });
  await Promise.all([one.text, two.text, none.text]);
  for (const { notifications } of [one, two]) {
    t.same(
      notifications.map(({ params }) => params),
      [1, 2, 3].map((progress) => ({ progressToken: "same", progress, total: 3 })),
    );
  }
  t.same(none.notifications, []);
});

t.test("a cancellation is forwarded to the child, and a late response is dropped", async (t) => {
  const { pool } = runPool(t, { command: childCommand("echo") });
  await useTool(pool, who, "echo").text;
  const cancelled = useTool(pool, who, "echo", { sleepMs: 50, progress: 1 });
  let isCompleted = false;
  cancelled.text.then(
    () => (isCompleted = true),
    () => (isCompleted = true),
  );
  cancelled.call.cancel("changed my mind");
  cancelled.call.cancel("twice");
  t.equal(pool.counts().idle, 0, "the child may be busy with it");
  await waitUntil("the child has responded to a ping", () => pool.counts().idle === 1);
  await useTool(pool, who, "echo", { sleepMs: 100 }).text;
  t.notOk(isCompleted);
  t.same(cancelled.notifications, []);
  const lines = JSON.parse(await toolText(useTool(pool, who, "lines"))) as string[];
  const notified = lines.filter((line) => line.includes("notifications/cancelled"));
  t.equal(notified.length, 1);
  t.match(JSON.parse(notified[0] ?? ""), { params: { reason: "changed my mind" } });
});

t.test("a call that is cancelled before its worker is ready never reaches the child", async (t) => {
  const { pool } = runPool(t, { command: childCommand("echo") });
  const cancelled = useTool(pool, who, "echo", { canary: 1 });
  cancelled.call.cancel();
  t.notMatch(await toolText(useTool(pool, who, "lines")), /canary/);
});

t.test("the child's environment holds its token and nothing else of ours", async (t) => {
  const environment = {
    ...process.env,
    LANG: "C.UTF-8",
    SECRET: "canary",
    FJMCP_REDIS: "canary",
    FORGEJO_MCP_UPLOAD_ROOT: "/",
    NODE_OPTIONS: "",
  };
  const { pool, runtimeDir } = runPool(
    t,
    { command: childCommand("echo"), env: "TOKEN={token} URL={url}" },
    { environment },
  );
  const env = JSON.parse(await toolText(useTool(pool, who, "environment"))) as Record<string, string>;
  const passed = new Set(["PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"]);
  // The test runner itself slips these into every child of a test.
  const isTheRunners = (name: string) => name.startsWith("_TAPJS") || name === "NODE_OPTIONS";
  t.same(
    Object.keys(env)
      .filter((name) => !passed.has(name) && !isTheRunners(name))
      .sort(),
    ["HOME", "TMPDIR", "TOKEN", "URL"],
  );
  // The child has the token; the broker removes it from the child's output.
  t.match(env, { TOKEN: "[redacted]", URL: "http://127.0.0.1:1", LANG: "C.UTF-8" });
  t.ok(env.HOME?.startsWith(`${runtimeDir}/homes/`));
  t.equal(env.TMPDIR, env.HOME);
});

t.test(
  "a child's own requests, with ids that collide with the worker's, get a response of the broker",
  async (t) => {
    const { pool } = runPool(t, { command: childCommand("chatty") });
    const calls = Array.from({ length: 5 }, () => useTool(pool, who, "chatter"));
    for (const call of calls) t.equal(await toolText(call), "chattered");
    for (const call of calls) t.same(call.notifications, []);
    const replies = await waitUntil("all replies", async () => {
      const seen = JSON.parse(await toolText(useTool(pool, who, "replies"))) as {
        id: unknown;
        result?: object;
        error?: { code: number };
      }[];
      return seen.length >= 30 && seen;
    });
    t.same(
      replies.slice(0, 5).map(({ id, result, error }) => [id, result ?? error?.code]),
      [
        [0, {}],
        [1, -32601],
        [2, -32601],
        [3, -32601],
        ["1", -32601],
      ],
    );
  },
);

t.test("output of the child that is not JSON-RPC is skipped", async (t) => {
  const { pool } = runPool(t, { command: childCommand("garbage") });
  for (let round = 0; round < 3; round++) {
    t.equal(await toolText(useTool(pool, who, "echo", { round })), JSON.stringify({ round }));
  }
});

t.test("a result that holds whole messages arrives as it is", async (t) => {
  const { pool } = runPool(t, { command: childCommand("echo") });
  const inner = { jsonrpc: "2.0", id: 7, result: { jsonrpc: "2.0", id: 7 } };
  t.same(JSON.parse(await toolText(useTool(pool, who, "echo", { inner }))), { inner });
});

t.test("responses in any notation find their call", async (t) => {
  const { pool } = runPool(t, { command: childCommand("echo") });
  const inner = '{"jsonrpc":"2.0","id":7}';
  const notations = [
    (id: number) => `{"jsonrpc":"2.0","id":${id},"result":${inner}}`,
    (id: number) => `{"result":${inner},"jsonrpc":"2.0","id":${id}}`,
    (id: number) => `{"jsonrpc":"2.0","id":${id},"result":${inner}}\r`,
    (id: number) => ` { "id" : ${id}, "jsonrpc" : "2.0", "result":${inner} } `,
    (id: number) => `{"jsonrpc":"2.0","id":"${id}","result":${inner}}`,
    (id: number) => `{"jsonrpc":"2.0","id":${id}.0,"result":${inner}}`,
    (id: number) => `{"id":${id},"result":${inner}}`,
    (id: number) => `{"jsonrpc":"1.0","id":${id},"result":${inner},"error":null}`,
  ];
  for (const notation of notations) {
    const id = await nextId(pool, who);
    const emitted = useTool(pool, who, "emit", { lines: [notation(id)], respond: false }, '"mine"');
    t.same(await emitted.response, { jsonrpc: "2.0", id: "mine", result: { jsonrpc: "2.0", id: 7 } });
    t.notMatch(await emitted.text, /[\r\n]/);
  }
});

t.test("a token in the child's errors and results is redacted", async (t) => {
  const { pool } = runPool(t, {
    command: childCommand("leaky", "--secret-env", "TOKEN"),
    env: "TOKEN={token}",
  });
  const leak = await useTool(pool, who, "leak").text;
  t.match(leak, "token: [redacted]");
  const inResult = await useTool(pool, who, "environment").text;
  t.match(inResult, "[redacted]");
  const foreign = "Bearer abcdefghijklmnopqrstuvwxyz";
  const unknown = await useTool(pool, who, foreign).text;
  t.match(unknown, "Unknown tool: Bearer [redacted]");
  for (const text of [leak, inResult, unknown]) t.notMatch(text, new RegExp(`${forgejoToken}|abcdefgh`));
});
