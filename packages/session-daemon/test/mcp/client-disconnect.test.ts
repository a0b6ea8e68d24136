import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { closedGate } from "../support/closed-gate.ts";
import { callTool } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../support/mcp-session.ts";
import { rawRequest } from "../support/raw-request.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

const daemon = await startSessionDaemon(t, { FJMCP_SWEEP_SECONDS: "3600" });
const grant = await daemon.grant();
const session = await McpSession.open(daemon, grant);

const streams = async () => (await daemon.health()).streams;

const get = rawRequest("GET", session.headers());

function send(t: { teardown(end: () => void): void }, text: string) {
  const socket = connect(daemon.mcpSocket, () => socket.write(text));
  socket.on("error", () => undefined);
  socket.resume();
  t.teardown(() => void socket.destroy());
  return socket;
}

t.test("keeps nothing of a client that disconnects while its token is looked up", async (t) => {
  await daemon.redis.call("CLIENT", "PAUSE", "2000", "ALL");
  const largest = rawRequest("POST", session.headers({ "content-length": String(4 * 1024 * 1024) }));
  const going = [send(t, get), ...Array.from({ length: 8 }, () => send(t, largest))];
  await sleep(300);
  for (const socket of going) socket.destroy();
  const large = callTool(1, "echo", { text: "x".repeat(100_000) });
  await waitUntil("there is room for another", async () => (await session.post(large)).status === 200);
  await waitUntil("no stream is left", async () => (await streams()) === 0);
});

t.test(
  "starts a pipelined request only in its turn, and never once the client has disconnected",
  async (t) => {
    const gate = closedGate(t);
    const call = JSON.stringify(callTool("ahead", "echo", { whileExists: gate.file }));
    const ahead = rawRequest("POST", session.headers(), call);
    const [staying, going] = [send(t, ahead + get), send(t, ahead.replace("ahead", "other") + get)];
    let received = "";
    staying.on("data", (chunk: Buffer) => (received += chunk.toString()));
    await waitUntil("both calls are with the child", () => gate.waiting === 2);
    await sleep(100);
    t.equal(await streams(), 0);
    going.destroy();
    await sleep(200);
    gate.open();
    await waitUntil("the stream should open after the response", () =>
      received.includes("text/event-stream"),
    );
    t.match(received, /"id":"ahead"/);
    await sleep(200);
    await waitUntil("only that is open", async () => (await streams()) === 1);
    staying.destroy();
    await waitUntil("none is left", async () => (await streams()) === 0);
  },
);
