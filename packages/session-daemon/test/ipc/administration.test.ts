import t from "tap";
import {
  checkChildResponse,
  inspectionResponse,
  listSessionsResponse,
  streamProbeResponse,
  streamProbeStateResponse,
} from "@fjmcp/shared/ipc/control";
import { openStream } from "@fjmcp/testkit/mcp-client/http-client";
import { childrenOf } from "@fjmcp/testkit/process/process-children";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { McpSession } from "../support/mcp-session.ts";
import { forgejoMcpTools, listingChild } from "../support/listing-child.ts";
import { loggedLines } from "../support/logged-lines.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

const daemon = await startSessionDaemon(t);

t.test("lists sessions in pages", async (t) => {
  for (const accountId of ["71", "72"])
    for (let i = 0; i < 3; i++) await McpSession.open(daemon, await daemon.grant({ accountId }));
  const page = async (query: string) =>
    listSessionsResponse.parse((await daemon.control("GET", `/sessions?${query}`)).json);
  const all = await page("limit=1000");
  const refs: string[] = [];
  let after = "";
  for (;;) {
    const { sessions, total, next } = await page(`limit=2&after=${encodeURIComponent(after)}`);
    t.equal(total, all.total);
    refs.push(...sessions.map((session) => session.sessionRef));
    if (next === undefined) break;
    after = next;
  }
  t.same(
    refs,
    all.sessions.map((session) => session.sessionRef),
  );
  t.equal(new Set(refs).size, refs.length);
  t.equal((await page("accountId=71&limit=2")).total, 3);
  t.equal((await daemon.control("GET", "/sessions?limit=1001")).status, 400);
});

t.test("reports what an inspection finds", async (t) => {
  const { findings } = inspectionResponse.parse((await daemon.control("GET", "/inspection")).json);
  t.ok(findings.some(({ level, text }) => level === "ok" && /Redis .* accepts/.test(text)));
  t.ok(findings.some(({ level, text }) => level === "warning" && text.includes("FJMCP_FORGEJO_URL")));
});

t.test("checks that the MCP server starts and speaks", async (t) => {
  const check = async (env?: Record<string, string>) => {
    const one = env === undefined ? daemon : await startSessionDaemon(t, env);
    const forgejoUrl = "http://127.0.0.1:1";
    return checkChildResponse.parse((await one.control("POST", "/child/check", { forgejoUrl })).json);
  };
  t.match(await check(), {
    status: "ok",
    name: /./,
    version: /./,
    tools: { table: "none", tools: 6, unknown: ["echo", "emit", "lines", "environment", "process", "fail"] },
  });
  const child = listingChild(t, { name: "Forgejo MCP Server", tools: forgejoMcpTools });
  t.same(await check({ FJMCP_CHILD_COMMAND: child }), {
    status: "ok",
    name: "Forgejo MCP Server",
    version: "1.0.0",
    tools: { table: "forgejo-mcp", madeWith: "2.34.1", tools: 141, unknown: [] },
  });
  const escaping = listingChild(t, { name: "a\u001b[31m server", tools: [] });
  t.match(await check({ FJMCP_CHILD_COMMAND: escaping }), { name: "a[31m server", tools: { table: "none" } });
  t.match(await daemon.control("GET", "/workers?accountId=0"), { json: { total: 0 } });
  t.match(await check({ FJMCP_CHILD_COMMAND: "/bin/false" }), {
    status: "failed",
    reason: /ended while starting/,
  });
  t.match(await daemon.control("POST", "/child/check", { forgejoUrl: "https://forgejo.example.org" }), {
    status: 400,
  });
});

t.test("a checked MCP server whose list of tools cannot be read has ended, too", async (t) => {
  const tooDeep = listingChild(t, { name: "Any", tools: [], depth: 5_000 });
  const one = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: tooDeep });
  const { json } = await one.control("POST", "/child/check", { forgejoUrl: "http://127.0.0.1:1" });
  const { status, reason } = json as { status: string; reason: string };
  t.equal(status, "failed");
  t.match(reason, /responds to tools\/list with an error, or with a list that/);
  const [failed] = await loggedLines<{ reference: string }>(one, "worker.start_failed");
  t.match(reason, `Reference: ${failed!.reference}.`);
  t.same(childrenOf(one.process.pid), []);
  t.notMatch(await one.log(), "request.failed");
});

t.test("opens one event stream for a probe, and sees its disconnect", async (t) => {
  const { probe } = streamProbeResponse.parse((await daemon.control("POST", "/stream-probes")).json);
  const state = async (of = probe) =>
    streamProbeStateResponse.parse((await daemon.control("POST", "/stream-probes/state", { probe: of })).json)
      .state;
  t.equal(await state(), "unused");
  const headers = { authorization: `Bearer ${probe}`, accept: "text/event-stream" };
  const stream = await openStream({ socketPath: daemon.mcpSocket }, { method: "GET", headers });
  await stream.expect(3);
  t.equal(await state(), "open");
  t.equal((await daemon.mcp({ method: "GET", headers })).status, 401, "it opens one stream only");
  stream.abandon();
  await waitUntil("the disconnect should be seen", async () => (await state()) === "closed");
  t.equal(await state("none"), "unknown");
  const other = streamProbeResponse.parse((await daemon.control("POST", "/stream-probes")).json);
  const post = { method: "POST", headers: { authorization: `Bearer ${other.probe}` }, body: "{}" };
  t.equal((await daemon.mcp(post)).status, 401, "it opens nothing else");
});
