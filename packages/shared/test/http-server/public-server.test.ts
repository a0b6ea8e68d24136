import { once } from "node:events";
import { connect, type AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { createPublicServer } from "../../src/http-server/public-server.ts";

const timeouts = { headersTimeout: 1500, requestTimeout: 2000, connectionsCheckingInterval: 50 };
const responseMs = 3000;

const server = createPublicServer((req, res) => {
  req.resume().on("end", () => void sleep(responseMs).then(() => res.end("at last")));
}, timeouts);
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
t.teardown(() => server.close());

async function send(start: string): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(start);
  return text(socket);
}

t.test("responds with 408 to a client that does not send its head or request in time", async (t) => {
  t.match(await send("GET / HTTP/1.1\r\nHost: x\r\n"), /^HTTP\/1\.1 408 /);
  t.match(await send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf"), /^HTTP\/1\.1 408 /);
});

t.test("lets a response take longer than a request", async (t) => {
  const response = await send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  t.match(response, /^HTTP\/1\.1 200 [^]*at last/);
});

t.test("rejects a request that does not have one Host", async (t) => {
  for (const [version, hosts] of [
    ["1.1", ["Host: a", "Host: b"]],
    ["1.1", ["Host: a", "hOST: a"]],
    ["1.1", []],
    ["1.0", ["Host: a", "Host: b"]],
  ] as const) {
    const head = [`GET / HTTP/${version}`, ...hosts, "", ""].join("\r\n");
    const response = await send(`${head}GET /next HTTP/1.1\r\nHost: a\r\n\r\n`);
    t.match(response, /^HTTP\/1\.1 400 [^]*\r\nConnection: close\r\n/i, `${version} ${hosts.join(", ")}`);
    t.notMatch(response.slice(1), "HTTP/1.1", "nothing after it has a response");
  }
});

t.test("by default a sender has a minute, and an idle connection outlives Caddy's", async (t) => {
  t.match(
    createPublicServer(() => undefined),
    { requestTimeout: 60_000, keepAliveTimeout: 130_000 },
  );
});
