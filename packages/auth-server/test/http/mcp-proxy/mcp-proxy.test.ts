import { once } from "node:events";
import { createServer, request, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { connect, createServer as createNetServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { createAuditEvents } from "../../../src/audit-events.ts";
import { createMcpProxy } from "../../../src/http/mcp-proxy/mcp-proxy.ts";
import { listenUnix } from "@fjmcp/shared/http-server/unix-listener";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { memoryLog } from "../../support/upstream-setup.ts";

interface Setup {
  readonly port: number;
  readonly socketPath: string;
  readonly logText: () => string;
  /** Starts the session-daemon's stand-in. */
  serve(listener: RequestListener): Promise<Server>;
  send(options: {
    method?: string;
    headers?: Record<string, string>;
    body?: string | Buffer;
  }): Promise<IncomingMessage>;
}

async function setUp(t: Test): Promise<Setup> {
  const socketPath = join(temporaryDirectory(t), "mcp.sock");
  const { log, text } = memoryLog();
  const front = createServer(createMcpProxy({ mcpSocketPath: socketPath, events: createAuditEvents(log) }));
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  t.teardown(() => end(front));
  const { port } = front.address() as AddressInfo;
  return {
    port,
    socketPath,
    logText: text,
    async serve(listener) {
      const server = createServer(listener);
      await listenUnix(server, socketPath);
      t.teardown(() => end(server));
      return server;
    },
    async send({ method = "POST", headers = {}, body }) {
      const outgoing = request({ port, host: "127.0.0.1", path: "/mcp?canary=1", method, headers });
      outgoing.end(body);
      const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
      return answer;
    },
  };
}

function end(server: Server): void {
  server.close();
  server.closeAllConnections();
}

t.test(
  "every method, its headers and body go through, the answer's status, headers and body come back",
  async (t) => {
    const setup = await setUp(t);
    await setup.serve((incoming, outgoing) => {
      const { te, "mcp-session-id": session } = incoming.headers;
      outgoing.setHeader("x-seen", [incoming.method, te, session].map(String).join(" "));
      outgoing.setHeader("set-cookie", ["a", "b"]);
      outgoing.writeHead(207, "Odd");
      incoming.pipe(outgoing);
    });
    for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      const body = method === "HEAD" ? "" : "é".repeat(100_000);
      const headers = {
        "mcp-session-id": "s",
        te: "trailers",
        connection: "te",
        "content-length": String(Buffer.byteLength(body)),
      };
      const answer = await setup.send({ method, body, headers });
      t.match(answer, { statusCode: 207, statusMessage: "Odd" });
      t.match(answer.headers, { "x-seen": `${method} undefined s`, "set-cookie": ["a", "b"] });
      t.equal(await text(answer), body, method);
    }
  },
);

t.test("both directions stream: neither side waits for the other's end", async (t) => {
  const setup = await setUp(t);
  await setup.serve((incoming, outgoing) => {
    outgoing.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    incoming.pipe(outgoing);
  });
  const outgoing = request({ port: setup.port, host: "127.0.0.1", path: "/mcp", method: "POST" });
  outgoing.flushHeaders();
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  for (const part of ["one", "two"]) {
    outgoing.write(part);
    const [chunk] = (await once(answer, "data")) as [Buffer];
    t.equal(String(chunk), part);
  }
  outgoing.end();
  await once(answer, "end");
});

t.test("a client that leaves is felt by the session-daemon", async (t) => {
  const setup = await setUp(t);
  const left = Promise.withResolvers<void>();
  await setup.serve((_, outgoing) => {
    outgoing.on("close", () => left.resolve());
    outgoing.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
  });
  const answer = await setup.send({ method: "GET" });
  answer.destroy();
  await left.promise;
});

t.test(
  "a client that leaves before the answer is felt too, and one that leaves while waiting is forgotten",
  async (t) => {
    const setup = await setUp(t);
    const waiting = request({ port: setup.port, host: "127.0.0.1", path: "/mcp" }).end();
    waiting.on("error", () => {});
    await sleep(50);
    waiting.destroy();
    await sleep(50);
    const seen: string[] = [];
    const left = Promise.withResolvers<void>();
    await setup.serve((incoming, outgoing) => {
      seen.push(String(incoming.headers["x-name"]));
      outgoing.on("close", () => left.resolve());
    });
    const outgoing = request({
      port: setup.port,
      host: "127.0.0.1",
      path: "/mcp",
      headers: { "x-name": "second" },
    });
    outgoing.on("error", () => {});
    outgoing.end();
    await waitUntil("the request should arrive", () => seen.length > 0);
    outgoing.destroy();
    await left.promise;
    t.same(seen, ["second"]);
  },
);

t.test("an answer that breaks off breaks off for the client as well", async (t) => {
  const setup = await setUp(t);
  await setup.serve((_, outgoing) => {
    outgoing.writeHead(200).write("part");
    setTimeout(() => outgoing.destroy(), 20);
  });
  const answer = await setup.send({});
  await t.rejects(text(answer), { code: "ECONNRESET" });
});

t.test("requests wait for a session-daemon that is being restarted, with their bodies", async (t) => {
  const setup = await setUp(t);
  const echo: RequestListener = (incoming, outgoing) => void incoming.pipe(outgoing);
  const first = await setup.serve(echo);
  t.equal(await text(await setup.send({ body: "before" })), "before");
  end(first);
  await once(first, "close");
  const body = Buffer.alloc(3_000_000, "b");
  const waiting = [setup.send({ body }), setup.send({ body: "x" }), setup.send({ method: "GET" })];
  await sleep(300);
  await setup.serve(echo);
  const answers = await Promise.all((await Promise.all(waiting)).map((answer) => text(answer)));
  t.same(
    answers.map((answer) => answer.length),
    [3_000_000, 1, 0],
  );
});

t.test(
  "after ten seconds without a session-daemon: 503 with a reference, nothing of the query logged",
  async (t) => {
    const setup = await setUp(t);
    const answer = await setup.send({ body: "x" });
    t.equal(answer.statusCode, 503);
    t.ok(answer.headers["retry-after"]);
    const { error } = JSON.parse(await text(answer)) as { error: { code: number; message: string } };
    t.equal(error.code, -32603);
    const reference = /Reference: (\w+)/.exec(error.message)?.[1] ?? "none";
    t.match(setup.logText(), reference);
    t.notMatch(setup.logText(), "canary");
  },
);

/** Accepts connections and answers the first request of each; what comes second is up to the test. */
async function rawServer(t: Test, path: string, onRequest: (socket: Socket, count: number) => void) {
  let requests = 0;
  const server = createNetServer((socket) => {
    let count = 0;
    socket.on("error", () => {});
    socket.on("data", () => {
      requests += 1;
      onRequest(socket, (count += 1));
    });
  });
  await listenUnix(server, path);
  t.teardown(() => server.close());
  return { requests: () => requests };
}

t.test("what broke after it was sent is a 502, and is not sent twice", async (t) => {
  const setup = await setUp(t);
  const raw = await rawServer(t, setup.socketPath, (socket, count) => {
    if (count === 1) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    else socket.destroy();
  });
  t.equal(await text(await setup.send({ body: "1" })), "ok");
  const answer = await setup.send({ body: "2" });
  t.equal(answer.statusCode, 502);
  t.match(await text(answer), /Reference: \w+/);
  t.equal(raw.requests(), 2);
});

t.test("an idle connection that the session-daemon has closed is not used again", async (t) => {
  const setup = await setUp(t);
  await rawServer(t, setup.socketPath, (socket) => {
    socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  for (let index = 0; index < 10; index += 1) {
    const answer = await setup.send({ body: "x" });
    t.equal(answer.statusCode, 200);
    await text(answer);
    await sleep(5);
  }
});

async function rawExchange(
  port: number,
  input: string,
  complete: (output: string) => boolean,
): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let output = "";
  socket.on("data", (chunk) => (output += String(chunk)));
  socket.write(input);
  await waitUntil("the answers should come", () => complete(output));
  socket.destroy();
  return output;
}

t.test("pipelined requests are answered in order, and none outlives its connection", async (t) => {
  const setup = await setUp(t);
  const open = new Set<string>();
  await setup.serve((incoming, outgoing) => {
    const name = String(incoming.url);
    open.add(name);
    outgoing.on("close", () => open.delete(name));
    if (name === "/hang") outgoing.writeHead(200).flushHeaders();
    else incoming.on("end", () => outgoing.end(name)).resume();
  });
  const post = (path: string) => `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc`;
  const output = await rawExchange(setup.port, post("/1") + post("/2") + post("/3"), (out) =>
    out.includes("/3"),
  );
  t.same(output.match(/\/\d(?!\.)/g), ["/1", "/2", "/3"]);
  await rawExchange(setup.port, post("/hang") + post("/hang") + post("/hang"), (out) => out.includes("200"));
  await waitUntil("all should be over", () => open.size === 0);
});

t.test("Expect: 100-continue is answered here, and the body arrives whole", async (t) => {
  const setup = await setUp(t);
  await setup.serve((incoming, outgoing) => {
    outgoing.setHeader("x-expect", String(incoming.headers.expect));
    incoming.pipe(outgoing);
  });
  const head = "POST /mcp HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
  const output = await rawExchange(setup.port, `${head}body`, (out) => out.endsWith("body\r\n0\r\n\r\n"));
  t.match(output, /^HTTP\/1\.1 100 Continue/);
  t.match(output, /x-expect: undefined/);
});

t.test("a Connection header that names the framing smuggles nothing", async (t) => {
  const setup = await setUp(t);
  const seen: string[] = [];
  await setup.serve((incoming, outgoing) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    incoming.pipe(outgoing);
  });
  const inner = "DELETE /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
  const head = `GET /mcp HTTP/1.1\r\nHost: a\r\nConnection: content-length\r\nContent-Length: ${inner.length}\r\n\r\n`;
  await rawExchange(setup.port, head + inner, (out) => out.includes("smuggled"));
  await text(await setup.send({ body: "next" }));
  t.same(seen, ["GET /mcp", "POST /mcp?canary=1"]);
});

t.test("an early answer to an upload does not block the client's connection", async (t) => {
  const setup = await setUp(t);
  await setup.serve((_, outgoing) => void outgoing.writeHead(413).end("too large"));
  const outgoing = request({ port: setup.port, host: "127.0.0.1", path: "/mcp", method: "POST" });
  const uploaded = once(outgoing, "finish");
  outgoing.end(Buffer.alloc(8_000_000));
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  t.equal(answer.statusCode, 413);
  t.equal(await text(answer), "too large");
  await uploaded;
});
