import { once } from "node:events";
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import t from "tap";
import { startFaultStack, type Route } from "./fault-stack.ts";
import { recover } from "./recover.ts";

const setup = await startFaultStack();
t.teardown(() => setup.close());
const canary = "canary-bird";
const form = { "content-type": "application/x-www-form-urlencoded" };
const json = { "content-type": "application/json", accept: "application/json, text/event-stream" };

interface MalformedRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

async function send(route: Route, { method = "POST", path, headers = {}, body }: MalformedRequest) {
  const outgoing = httpRequest({ ...setup.target(route), method, path, headers, agent: false });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  return { status: incoming.statusCode!, body: await text(incoming) };
}

/** Of these requests only the path may be logged. */
const oauth: readonly MalformedRequest[] = [
  { path: "/oauth/register", headers: json, body: canary },
  { path: "/oauth/register", headers: json, body: `{"redirect_uris":["${canary}"]}` },
  { path: "/oauth/token", headers: form, body: canary },
  { path: "/oauth/token", headers: form, body: `grant_type=${canary}&client_id=${canary}` },
  {
    path: "/oauth/token",
    headers: form,
    body: `grant_type=refresh_token&refresh_token=${canary}&client_id=${canary}`,
  },
  { path: "/oauth/token", headers: { ...form, authorization: `Basic ${canary}` } },
  { method: "GET", path: `/oauth/authorize?client_id=${canary}&scope=${canary}&redirect_uri=${canary}` },
  { method: "GET", path: `/oauth/callback?state=${canary}&code=${canary}&error=${canary}` },
];

const mcpBodies: readonly string[] = [
  canary,
  `{"${canary}`,
  `["${canary}"]`,
  `{"jsonrpc":"${canary}","id":1,"method":"ping"}`,
  `{"jsonrpc":"2.0","id":{"${canary}":1},"method":"ping"}`,
  `{"jsonrpc":"2.0","id":1,"method":["${canary}"]}`,
  `{"jsonrpc":"2.0","id":1,"method":"${canary}"}`,
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":"${canary}"}`,
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","Name":"${canary}"}}`,
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${canary}","arguments":{}}}`,
  `{"jsonrpc":"2.0","method":"notifications/${canary}"}`,
];

t.test("malformed input is rejected, appears in no log and affects no session", async (t) => {
  const [flow] = await setup.flowsAt(["call"], "gateway");
  const authorization = `Bearer ${flow!.mcp.accessToken}`;
  const mcp = { ...json, host: "mcp.example.org", authorization };
  const session = { "mcp-session-id": flow!.mcp.sessionId };
  const badHeaders: readonly OutgoingHttpHeaders[] = [
    { authorization: `Bearer ${canary}` },
    { authorization: canary },
    { origin: `https://${canary}.example.org` },
    { "mcp-session-id": canary },
    { ...session, "mcp-protocol-version": canary },
    { ...session, "content-type": canary },
    { ...session, accept: canary },
  ];
  const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
  const toMcp: readonly MalformedRequest[] = [
    ...mcpBodies.map((body) => ({ path: "/mcp", headers: { ...mcp, ...session }, body })),
    ...badHeaders.map((headers) => ({ path: "/mcp", headers: { ...mcp, ...headers }, body: ping })),
    { method: "DELETE", path: "/mcp", headers: { ...mcp, "mcp-session-id": canary } },
    { method: canary.toUpperCase().replace("-", ""), path: "/mcp", headers: mcp },
  ];
  const requests = [
    ...oauth.map((input) => ["gateway", input] as const),
    ...toMcp.flatMap((input) => [["gateway", input] as const, ["socket", input] as const]),
  ];
  for (const [route, input] of requests) {
    const { status, body } = await send(route, input).catch((error: unknown) => {
      throw new Error(`${input.method ?? "POST"} ${input.path.split("?")[0]}: no response`, { cause: error });
    });
    const isRejected = (status >= 400 && status < 500) || status === 202 || /"error":\{/.test(body);
    t.ok(isRejected, `${route}: ${input.method ?? "POST"} ${input.path.split("?")[0]}: ${status}`);
  }
  t.notMatch(setup.logs().join("\n"), canary);
  t.same(await recover(flow!, "call"), { logins: 0, newSessions: 0, refreshes: 0 }, "all is kept");
  t.same(setup.secretsInLogs(), [], "no log holds a secret");
});
