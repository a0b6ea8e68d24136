import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { branded, type AccountId } from "@fjmcp/shared/ids";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { disconnectSlowClients, type SlowClientLimits } from "../../src/http/slow-client-watchdog.ts";

const megabyte = 1024 * 1024;

/** A server whose responses stay open, and clients that do not read them. */
async function startServer(t: Test, limits: SlowClientLimits) {
  const server = createServer();
  const accounts = new WeakMap<Socket, AccountId>();
  disconnectSlowClients(server, limits, (socket) => accounts.get(socket));
  const socketPath = join(temporaryDirectory(t), "server.sock");
  server.listen(socketPath);
  await once(server, "listening");
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return async (account = "1"): Promise<{ client: Socket; res: ServerResponse }> => {
    const asked = once(server, "request") as Promise<[unknown, ServerResponse]>;
    const client = connect(socketPath);
    client.on("error", () => undefined);
    client.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    const [, res] = await asked;
    accounts.set(res.socket!, branded<AccountId>().parse(account));
    t.teardown(() => client.destroy());
    return { client, res };
  };
}

t.test(
  "disconnects a client that reads nothing until the timeout, but none that reads or has nothing to read",
  async (t) => {
    const open = await startServer(t, { stallTimeoutMs: 2_000, maxUnreadBytes: 1024 * megabyte });
    const [stalled, quiet, reading] = [await open(), await open(), await open()];
    quiet.res.write("nothing more");
    stalled.res.write(Buffer.alloc(megabyte));
    reading.client.on("data", () => undefined);
    const writing = setInterval(() => reading.res.write(Buffer.alloc(megabyte)), 100);
    t.teardown(() => clearInterval(writing));
    await once(stalled.res, "close");
    await sleep(2_000);
    t.notOk(quiet.res.destroyed);
    t.notOk(reading.res.destroyed);
  },
);

t.test(
  "does not disconnect a client that reads slowly but steadily, however large the response is",
  async (t) => {
    const open = await startServer(t, { stallTimeoutMs: 2_000, maxUnreadBytes: 1024 * megabyte });
    const { client, res } = await open();
    res.write(Buffer.alloc(16 * megabyte));
    client.pause();
    const reading = setInterval(() => client.read(), 100);
    t.teardown(() => clearInterval(reading));
    await sleep(6_000);
    t.ok(client.bytesRead < 12 * megabyte, "it has not read all of it");
    t.notOk(res.destroyed);
    clearInterval(reading);
    await once(res, "close");
  },
);

t.test(
  "disconnects a client of the account with the most unread bytes, not the largest backlog",
  async (t) => {
    const open = await startServer(t, { stallTimeoutMs: 60_000, maxUnreadBytes: 8.5 * megabyte });
    const honest = await open("honest");
    honest.res.write(Buffer.alloc(3 * megabyte));
    const hostile = [];
    for (let i = 0; i < 6; i++) hostile.push(await open("hostile"));
    for (const { res } of hostile) res.write(Buffer.alloc(megabyte));
    await Promise.race(hostile.map(({ res }) => once(res, "close")));
    await sleep(1_500);
    t.notOk(honest.res.destroyed);
    t.equal(hostile.filter(({ res }) => res.destroyed).length, 1, "no more than necessary");
  },
);

t.test("disconnects the client with the largest backlog when all together exceed the bound", async (t) => {
  const open = await startServer(t, { stallTimeoutMs: 60_000, maxUnreadBytes: 4 * megabyte });
  const [small, large] = [await open(), await open()];
  small.res.write(Buffer.alloc(2 * megabyte));
  large.res.write(Buffer.alloc(3 * megabyte));
  await once(large.res, "close");
  await sleep(1_500);
  t.notOk(small.res.destroyed);
});
