import { once } from "node:events";
import type { Server, ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { closeGracefully, createGracefulServer } from "../../src/http-server/graceful-server.ts";

/** A server that responds to `/` at once and leaves all other responses to the test. */
async function startServer(t: Test) {
  const held: ServerResponse[] = [];
  const server = createGracefulServer({}, (req, res) => {
    if (req.url === "/") res.end("at once");
    else held.push(res);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => server.closeAllConnections());
  return { server, held };
}

async function connection(server: Server): Promise<{ socket: Socket; all: Promise<string> }> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  await once(socket, "connect");
  return { socket, all: text(socket) };
}

const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
const responsesIn = (all: string) => all.match(/HTTP\/1\.1 200/g)?.length ?? 0;

t.test("closes idle connections after a moment, and a busy one after its response", async (t) => {
  const { server, held } = await startServer(t);
  const [idle, busy] = [await connection(server), await connection(server)];
  idle.socket.write(request("/"));
  await once(server, "request");
  busy.socket.write(request("/held"));
  await once(server, "request");
  const closed = closeGracefully(server, (closed) => closed);
  t.equal(responsesIn(await idle.all), 1);
  held[0]!.end("late");
  t.match(await busy.all, /late/);
  await closed;
});

t.test("serves on a busy connection only requests that are in flight already", async (t) => {
  const { server, held } = await startServer(t);
  const { socket, all } = await connection(server);
  socket.write(request("/held"));
  await once(server, "request");
  const closed = closeGracefully(server, (closed) => closed);
  socket.write(request("/"));
  await sleep(50);
  held[0]!.end("late");
  socket.on("data", () => socket.write(request("/")));
  const text = await all;
  await closed;
  t.ok(responsesIn(text) <= 2);
  if (responsesIn(text) === 2) t.match(text.slice(text.lastIndexOf("HTTP/1.1")), /^connection: close\r$/im);
});

t.test("destroys connections that are open when wait resolves", async (t) => {
  const { server } = await startServer(t);
  const { socket, all } = await connection(server);
  socket.write(request("/held"));
  await once(server, "request");
  await closeGracefully(server, () => sleep(100));
  t.equal(await all.catch(() => ""), "");
});
