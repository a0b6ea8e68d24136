import { once } from "node:events";
import { request, type IncomingMessage, type RequestListener } from "node:http";
import { connect, createServer as createNetServer, type Socket } from "node:net";
import { buffer, text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { listenUnix } from "@fjmcp/shared/http-server/unix-listener";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { end, setUpMcpProxy } from "../../support/mcp-proxy-setup.ts";

t.test(
  "forwards every method with headers and body, and returns status, headers and body of the response",
  async (t) => {
    const setup = await setUpMcpProxy(t);
    await setup.serve((incoming, outgoing) => {
      const { te, "mcp-session-id": session } = incoming.headers;
      outgoing.setHeader("x-seen", [incoming.method, te, session].map(String).join(" "));
      outgoing.setHeader("x-two", ["a", "b"]);
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
      const response = await setup.send({ method, body, headers });
      t.match(response, { statusCode: 207, statusMessage: "Odd" });
      t.match(response.headers, { "x-seen": `${method} undefined s`, "x-two": "a, b" });
      t.equal(await text(response), body, method);
    }
  },
);

t.test("keeps each byte of a small body and of a small response", async (t) => {
  const setup = await setUpMcpProxy(t);
  await setup.serve((incoming, outgoing) => {
    outgoing.setHeader("content-length", String(incoming.headers["content-length"]));
    incoming.pipe(outgoing);
  });
  for (const length of [0, 1, 256, 16 * 1024, 16 * 1024 + 1]) {
    const body = Buffer.from(Array.from({ length }, (_, index) => index % 256));
    const response = await setup.send({ body, headers: { "content-length": String(length) } });
    t.ok((await buffer(response)).equals(body), `${length} bytes`);
  }
});

t.test("passes no cookie of the pages on, and lets nothing run in their origin", async (t) => {
  const setup = await setUpMcpProxy(t);
  await setup.serve((incoming, outgoing) => {
    outgoing.setHeader("set-cookie", ["a=1", "b=2"]);
    outgoing.setHeader("content-security-policy", "default-src *");
    outgoing.end(String(incoming.headers.cookie));
  });
  const response = await setup.send({ method: "GET", headers: { cookie: "session=secret" } });
  t.notOk("set-cookie" in response.headers);
  t.match(response.headersDistinct["content-security-policy"], [
    "default-src *",
    "sandbox; default-src 'none'",
  ]);
  t.equal(await text(response), "undefined");
});

t.test("streams in both directions: neither side waits for the end of the other", async (t) => {
  const setup = await setUpMcpProxy(t);
  await setup.serve((incoming, outgoing) => {
    outgoing.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    incoming.pipe(outgoing);
  });
  const outgoing = request({ port: setup.port, host: "127.0.0.1", path: "/mcp", method: "POST" });
  outgoing.flushHeaders();
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  for (const part of ["one", "two"]) {
    outgoing.write(part);
    const [chunk] = (await once(response, "data")) as [Buffer];
    t.equal(String(chunk), part);
  }
  outgoing.end();
  await once(response, "end");
});

t.test("closes the connection to the session-daemon when the client disconnects", async (t) => {
  const setup = await setUpMcpProxy(t);
  const left = Promise.withResolvers<void>();
  await setup.serve((_, outgoing) => {
    outgoing.on("close", () => left.resolve());
    outgoing.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
  });
  const response = await setup.send({ method: "GET" });
  response.destroy();
  await left.promise;
});

t.test(
  "forwards a disconnect before the response, and drops a waiting request whose client disconnects",
  async (t) => {
    const setup = await setUpMcpProxy(t);
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

t.test("cuts the client's connection when the response breaks off", async (t) => {
  const setup = await setUpMcpProxy(t);
  await setup.serve((_, outgoing) => {
    outgoing.writeHead(200).write("part");
    setTimeout(() => outgoing.destroy(), 20);
  });
  const response = await setup.send({});
  await t.rejects(text(response), { code: "ECONNRESET" });
});

t.test("holds requests with their bodies while the session-daemon restarts", async (t) => {
  const setup = await setUpMcpProxy(t);
  const echo: RequestListener = (incoming, outgoing) => void incoming.pipe(outgoing);
  const first = await setup.serve(echo);
  t.equal(await text(await setup.send({ body: "before" })), "before");
  end(first);
  await once(first, "close");
  const body = Buffer.alloc(3_000_000, "b");
  const waiting = [setup.send({ body }), setup.send({ body: "x" }), setup.send({ method: "GET" })];
  await sleep(300);
  await setup.serve(echo);
  const responses = await Promise.all((await Promise.all(waiting)).map((response) => text(response)));
  t.same(
    responses.map((response) => response.length),
    [3_000_000, 1, 0],
  );
});

t.test(
  "replies 503 with a reference after ten seconds without a session-daemon, and logs nothing of the query",
  async (t) => {
    const setup = await setUpMcpProxy(t);
    const response = await setup.send({ body: "x" });
    t.equal(response.statusCode, 503);
    t.ok(response.headers["retry-after"]);
    t.match(response.headers, {
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "Retry-After",
    });
    const { error } = JSON.parse(await text(response)) as { error: { code: number; message: string } };
    t.equal(error.code, -32603);
    const reference = /Reference: (\w+)/.exec(error.message)?.[1] ?? "none";
    t.match(setup.logText(), reference);
    t.notMatch(setup.logText(), "canary");
  },
);

/** Accepts connections and replies to the first request of each; the test handles the second. */
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

t.test("replies 502 when a request fails after it was sent, and never sends it again", async (t) => {
  const setup = await setUpMcpProxy(t);
  const raw = await rawServer(t, setup.socketPath, (socket, count) => {
    if (count === 1) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    else socket.destroy();
  });
  t.equal(await text(await setup.send({ body: "1" })), "ok");
  const response = await setup.send({ body: "2" });
  t.equal(response.statusCode, 502);
  t.equal(response.headers["access-control-allow-origin"], "*");
  t.match(await text(response), /Reference: \w+/);
  t.equal(raw.requests(), 2);
});

t.test("replies 502 when a small response breaks off", async (t) => {
  const setup = await setUpMcpProxy(t);
  await rawServer(t, setup.socketPath, (socket) => {
    socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut off");
  });
  const response = await setup.send({ body: "1" });
  t.equal(response.statusCode, 502);
  t.equal(response.headers["access-control-allow-origin"], "*");
  t.match(await text(response), /Reference: \w+/);
});

t.test("does not reuse an idle connection that the session-daemon has closed", async (t) => {
  const setup = await setUpMcpProxy(t);
  await rawServer(t, setup.socketPath, (socket) => {
    socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  for (let index = 0; index < 10; index += 1) {
    const response = await setup.send({ body: "x" });
    t.equal(response.statusCode, 200);
    await text(response);
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
  await waitUntil("the responses should come", () => complete(output));
  socket.destroy();
  return output;
}

t.test("replies to pipelined requests in order, and none outlives its connection", async (t) => {
  const setup = await setUpMcpProxy(t);
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

t.test("replies to Expect: 100-continue itself, and forwards the whole body", async (t) => {
  const setup = await setUpMcpProxy(t);
  await setup.serve((incoming, outgoing) => {
    outgoing.setHeader("x-expect", String(incoming.headers.expect));
    incoming.pipe(outgoing);
  });
  const head = "POST /mcp HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
  const output = await rawExchange(setup.port, `${head}body`, (out) => out.endsWith("body\r\n0\r\n\r\n"));
  t.match(output, /^HTTP\/1\.1 100 Continue/);
  t.match(output, /x-expect: undefined/);
});

t.test("prevents request smuggling by a Connection header that names the framing", async (t) => {
  const setup = await setUpMcpProxy(t);
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

t.test("keeps the client's connection usable after an early response to an upload", async (t) => {
  const setup = await setUpMcpProxy(t);
  await setup.serve((_, outgoing) => void outgoing.writeHead(413).end("too large"));
  const outgoing = request({ port: setup.port, host: "127.0.0.1", path: "/mcp", method: "POST" });
  const uploaded = once(outgoing, "finish");
  outgoing.end(Buffer.alloc(8_000_000));
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  t.equal(response.statusCode, 413);
  t.equal(await text(response), "too large");
  await uploaded;
});
