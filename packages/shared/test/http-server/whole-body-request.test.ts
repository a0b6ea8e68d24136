import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { type Socket, type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import t, { type Test } from "tap";
import { createPublicServer } from "../../src/http-server/public-server.ts";

const maxBytes = 8;
/** The bodies that were received whole. */
const received: string[] = [];

// Responds with how the body was read, and the body. With X-Wait it looks at the body only when a part may have arrived.
const bodies = createPublicServer((req, res) => {
  const receive = () => {
    const isWhole = req.receiveBody(maxBytes, (body) => {
      received.push(body.toString());
      res.end(`whole ${body.toString()}\n`);
    });
    if (!isWhole) void text(req).then((body) => res.end(`stream ${body}\n`));
  };
  if (req.headers["x-wait"] === undefined) receive();
  else setTimeout(receive, 100);
});
const bodiesPort = await listening(t, bodies);

async function open(t: Test): Promise<Socket> {
  const socket = connect(bodiesPort, "127.0.0.1").setNoDelay();
  t.teardown(() => socket.destroy());
  await once(socket, "connect");
  return socket;
}

const post = (body: string, headers = `Content-Length: ${body.length}\r\n`) =>
  `POST / HTTP/1.1\r\nHost: x\r\n${headers}\r\n${body}`;
const last = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

/** The lines that the server has responded with, until it closes the connection. */
async function lines(socket: Socket): Promise<string[]> {
  return (await text(socket)).match(/^(?:whole|stream).*$/gm) ?? [];
}

t.test("a short body is received whole, however it arrives", async (t) => {
  const socket = await open(t);
  const responses = lines(socket);
  socket.write(post("1234"));
  await sleep(50);
  for (const byte of post("by byte")) {
    socket.write(byte);
    await sleep(2);
  }
  socket.write(post(""));
  await sleep(50);
  socket.write(post("expected", "Content-Length: 8\r\nExpect: 100-continue\r\n"));
  await sleep(50);
  socket.write(last);
  t.same(await responses, ["whole 1234", "whole by byte", "whole ", "whole expected", "stream "]);
});

t.test("any other body is left to be read as a stream", async (t) => {
  const socket = await open(t);
  const responses = lines(socket);
  for (const request of [
    post("123456789"),
    post("4\r\n1234\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n"),
    post("1234", "Content-Length: 4\r\nX-Wait: until it has arrived\r\n"),
    post("12", "Content-Length: 4\r\nX-Wait: until a part has arrived\r\n"),
  ]) {
    socket.write(request);
    await sleep(150);
  }
  socket.write(`34${last}`);
  t.same(await responses, ["stream 123456789", "stream 1234", "stream 1234", "stream 1234", "stream "]);
});

t.test("pipelined requests keep their bodies and their order", async (t) => {
  const socket = await open(t);
  const responses = lines(socket);
  socket.write(post("first") + post("second") + post("0123456789") + post("last") + last);
  t.same(await responses, ["whole first", "whole second", "stream 0123456789", "whole last", "stream "]);
});

t.test("a body that is cut off is not received, and harms no other connection", async (t) => {
  const before = received.length;
  const going = await open(t);
  going.write(post("cut", "Content-Length: 8\r\n"));
  await sleep(50);
  going.destroy();
  const socket = await open(t);
  socket.write(post("other") + last);
  t.same(await lines(socket), ["whole other", "stream "]);
  t.same(received.slice(before), ["other"]);
});

t.test("the headers are those of node:http, whatever the connection's requests before had", async (t) => {
  const respond: RequestListener = (req, res) => {
    const { headers } = req;
    res.end(`${JSON.stringify(Object.entries(headers))}\n`);
    // The object is the handler's own.
    for (const name of Object.keys(headers)) headers[name] = "changed";
  };
  const plain = await listening(t, createServer(respond));
  const ours = await listening(t, createPublicServer(respond));
  const sets = [
    [],
    ["Accept: a"],
    ["Accept: b"],
    ["Accept: \u00e4"],
    ["accept: a"],
    ["Accept: a", "X-B: 1"],
    ["X-B: 1", "Accept: a"],
    ["X-B: 2", "Accept: "],
    ["X-B: 1", "x-b: 2"],
    ["Set-Cookie: a"],
    ["Cookie: a", "Cookie: b"],
    ["7: a", "3: b"],
    ["7: a", "3: c"],
    ["__proto__: a"],
    ["__proto__: a", "constructor: b"],
  ];
  const differing: unknown[] = [];
  for (const first of sets) {
    for (const second of sets) {
      const requests = [first, first, second, first, second];
      const [actual, expected] = await Promise.all([ours, plain].map((port) => responses(port, requests)));
      const hasAll = expected!.length === requests.length;
      if (!hasAll || !isDeepStrictEqual(actual, expected)) differing.push([...requests, actual, expected]);
    }
  }
  t.same(differing, []);
});

/** The port of the server, on loopback. */
async function listening(t: Test, server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** The bodies of the responses to requests with these headers, one after the other on one connection. */
async function responses(port: number, requests: readonly (readonly string[])[]): Promise<string[]> {
  const socket = connect(port, "127.0.0.1");
  const heads = requests.map((lines, i) => {
    const connection = i === requests.length - 1 ? "close" : "keep-alive";
    return ["GET / HTTP/1.1", "Host: x", ...lines, `Connection: ${connection}`, "", ""].join("\r\n");
  });
  socket.write(heads.join(""), "latin1");
  return (await text(socket)).match(/^\[.*\]$/gm) ?? [];
}
