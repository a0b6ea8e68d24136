import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { callTool } from "@fjmcp/testkit/mcp-client/messages";
import { endGrant } from "../support/grants.ts";
import { McpSession } from "../support/mcp-session.ts";
import { rawRequest } from "../support/raw-request.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

const daemon = await startSessionDaemon(t, {});

const post = (session: McpSession, body: string) => rawRequest("POST", session.headers(), body);
const echo = (id: string, text = "") => JSON.stringify(callTool(id, "echo", { text }));

/** A connection, and whether it has received a text. */
function open(t: Test): { socket: Socket; received: (text: string) => Promise<unknown> } {
  const socket = connect(daemon.mcpSocket);
  t.teardown(() => socket.destroy());
  let all = "";
  socket.on("data", (chunk: Buffer) => (all += chunk.toString()));
  return { socket, received: (text) => waitUntil(`it receives ${text}`, () => all.includes(text)) };
}

t.test("serves a message whose body arrives with, after and long after its head", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant());
  const { socket, received } = open(t);
  // The token is not cached for this long: it is looked up while the body arrives.
  await sleep(300);
  socket.write(post(session, echo("at once")));
  await received('"id":"at once"');
  for (const [id, message] of [
    ["short", "in parts"],
    ["long", "in parts ".repeat(10_000)],
  ] as const) {
    const request = post(session, echo(id, message));
    const headEnd = request.indexOf("\r\n\r\n") + 4;
    for (const [start, end] of [
      [0, headEnd],
      [headEnd, headEnd + 7],
      [headEnd + 7, request.length - 1],
      [request.length - 1, request.length],
    ]) {
      socket.write(request.slice(start, end));
      await sleep(30);
    }
    await received(`"id":"${id}"`);
  }
  socket.write(post(session, echo("first")) + post(session, echo("second")));
  await received('"id":"first"');
  await received('"id":"second"');
});

t.test("a faulty body has its error, and the connection goes on", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant());
  const { socket, received } = open(t);
  for (const [body, message] of [
    ["", "not valid JSON"],
    ['{"jsonrpc":', "not valid JSON"],
    ['{"jsonrpc":"2.0","id":7}', "not a JSON-RPC message"],
    ['{"jsonrpc":"2.0","id":8,"method":"tools/call","params":7}', "params are not an object"],
  ] as const) {
    socket.write(post(session, body));
    await received(message);
  }
  socket.write(post(session, echo("after all")));
  await received('"id":"after all"');
});

t.test("a grant that is revoked while a body arrives is not served", async (t) => {
  const grant = await daemon.grant();
  const session = await McpSession.open(daemon, grant);
  const { socket, received } = open(t);
  const request = post(session, echo("too late"));
  socket.write(request.slice(0, -1));
  await sleep(50);
  await endGrant(daemon.redis, grant);
  socket.write(request.slice(-1));
  await received("HTTP/1.1 401 ");
});
