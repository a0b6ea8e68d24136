import type { PublicResponse } from "../http/public-client.ts";
import type { McpHabits, McpRequest } from "./client-profile.ts";
import { requestOf, type DiscoveredServer } from "./discover-server.ts";
import { require } from "./replay-fault.ts";
import { headerOf, jsonMembersOf, type ReplayTarget } from "./replay-target.ts";

const endedWithinMs = 5_000;
const pollMs = 100;

/** The first requests of a client with a token, up to its list of tools. Rejects with a ReplayFault. */
export async function listTools(
  habits: McpHabits,
  token: string,
  server: DiscoveredServer,
  target: ReplayTarget,
): Promise<void> {
  const send = (request: McpRequest) =>
    request.method === "GET"
      ? target.fetchHead(server.resource, requestOf(request, token))
      : target.fetch(server.resource, requestOf(request, token));
  for (const request of habits.opens ?? []) {
    const { status } = await send(request);
    const isHarmless = status !== 401 && status < 500;
    require(isHarmless, "tools", `the first ${request.method ?? "POST"} with a token gets ${status}`);
  }
  if (habits.listsTools !== undefined) requireTools(await send(habits.listsTools));
  if (habits.initialize === undefined) return;
  const session = await openSession(habits, habits.initialize, send);
  const headers = { ...habits.headers, "mcp-session-id": session };
  const list = { jsonrpc: "2.0", id: 2, method: "tools/list" };
  requireTools(await send({ headers, body: list }));
  const stale = await send({ headers: { ...headers, "mcp-session-id": "0".repeat(43) }, body: list });
  require(stale.status === 404, "session", `an unknown session id gets ${stale.status} instead of 404`);
  if (habits.endsSession === "without a token") {
    await requireRejectedEnd(habits, session, server, target);
    requireTools(await send({ headers, body: list }));
  }
  if (habits.endsSession !== "with its token") return;
  const { status } = await send({ method: "DELETE", headers });
  require(status < 300, "end", `the end of a session gets ${status}`);
}

/**
 * Of a client that ends its session without a token: it must get the challenge, like any request without one, and go on to
 * exit. Rejects with a ReplayFault.
 */
export async function requireRejectedEnd(
  { endsSession, headers }: McpHabits,
  session: string,
  { resource }: DiscoveredServer,
  { fetch }: ReplayTarget,
): Promise<void> {
  if (endsSession !== "without a token") return;
  const end = requestOf({ method: "DELETE", headers: { ...headers, "mcp-session-id": session } });
  const response = await fetch(resource, end);
  const isChallenge = response.status === 401 && headerOf(response, "www-authenticate") !== "";
  require(isChallenge, "end", `the end of a session without a token gets ${response.status} instead of 401`);
}

async function openSession(
  habits: McpHabits,
  params: NonNullable<McpHabits["initialize"]>,
  send: (request: McpRequest) => Promise<PublicResponse>,
): Promise<string> {
  const opened = await send({ body: { jsonrpc: "2.0", id: 1, method: "initialize", params } });
  const { result } = messageOf(opened);
  require(opened.status === 200 && result !== undefined, "tools", `initialize gets ${opened.status}`);
  const session = headerOf(opened, "mcp-session-id");
  require(session !== "", "tools", "initialize gets no session id");
  const withSession = habits.initializedWithoutSession === true ? {} : { "mcp-session-id": session };
  // Without the session id it cannot succeed; the client goes on all the same.
  const { status } = await send({
    headers: { ...habits.headers, ...withSession },
    body: { jsonrpc: "2.0", method: "notifications/initialized" },
  });
  require(status !== 401 && status < 500, "tools", `notifications/initialized gets ${status}`);
  return session;
}

/**
 * A token that has ended, or never was one, must get the challenge of RFC 6750 §3.1: without, clients show failing calls
 * and offer no login. The end of a grant may take a moment to arrive.
 */
export async function requireChallenge(
  request: McpRequest,
  token: string,
  { resource }: DiscoveredServer,
  { fetch, wait }: ReplayTarget,
): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    const response = await fetch(resource, requestOf(request, token));
    const challenge = headerOf(response, "www-authenticate");
    if (response.status === 401 && challenge.includes('error="invalid_token"')) return;
    const isLast = waitedMs >= endedWithinMs || response.status === 401;
    require(!isLast, "sign-in again", `a token that has ended gets ${response.status} without invalid_token`);
    await wait(pollMs);
  }
}

function requireTools(response: PublicResponse): void {
  const { result } = messageOf(response);
  const tools = typeof result === "object" && result !== null && "tools" in result ? result.tools : [];
  const hasTools = Array.isArray(tools) && tools.length > 0;
  require(response.status === 200 && hasTools, "tools", `tools/list gets ${response.status} without tools`);
}

/** The message of a response in JSON, or the last one of an event stream. */
function messageOf(response: PublicResponse): Readonly<Record<string, unknown>> {
  if (!headerOf(response, "content-type").includes("text/event-stream")) return jsonMembersOf(response);
  const data = response.text.split("\n").findLast((line) => line.startsWith("data: {"));
  return jsonMembersOf({ ...response, text: data?.slice("data: ".length) ?? "" });
}
