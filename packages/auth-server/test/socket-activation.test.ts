import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { Agent, get, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { withHeldSockets } from "@fjmcp/testkit/process/activated-process";
import { startProcess } from "@fjmcp/testkit/process/managed-process";
import { shortestTime } from "@fjmcp/testkit/process/shortest-time";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { fastStart } from "@fjmcp/testkit/stack/fast-start";
import { setUpAuthServer } from "./support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const main = join(import.meta.dirname, "../src/main.ts");
const sockets = {
  ipc: join(setup.directory, "held-ipc.sock"),
  http: join(setup.directory, "held-http.sock"),
};

const startHeld = () =>
  startProcess(
    withHeldSockets(
      fastStart({
        name: "auth-server",
        command: process.execPath,
        arguments: [main],
        // Its own sockets would be elsewhere, where it cannot create any.
        env: setup.environment(1, {
          FJMCP_LISTEN: "unix:/nonexistent/http.sock",
          FJMCP_IPC_SOCKET: "/nonexistent/ipc.sock",
        }),
        logFile: join(setup.directory, "held.log"),
        isReady: (log) => log.includes('"ready"'),
        startTimeoutMs: 60_000,
      }),
      sockets,
    ),
  );

t.test("no request is lost over restarts behind held sockets", async (t) => {
  const server = await startHeld();
  t.teardown(() => server.end());
  const starts = () => readFileSync(server.logFile, "utf8").split('"ready"').length;
  const over = new AbortController();
  const lost: string[] = [];
  let count = 0;
  const client = async (socketPath: string, path: string) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    t.teardown(() => agent.destroy());
    while (!over.signal.aborted) {
      count++;
      try {
        const [response] = (await once(get({ socketPath, path, agent }), "response")) as [IncomingMessage];
        await text(response);
        if (response.statusCode !== 200) lost.push(`${path} ${response.statusCode}`);
      } catch (error) {
        lost.push(`${path} ${(error as NodeJS.ErrnoException).code}`);
      }
      await sleep(40);
    }
  };
  const clients = [
    client(sockets.http, "/.well-known/oauth-authorization-server"),
    client(sockets.http, "/"),
    client(sockets.ipc, "/identity"),
  ];
  for (let round = 0; round < 3; round++) {
    await sleep(300);
    const before = starts();
    process.kill(server.pid, "SIGHUP");
    await waitUntil("it should be ready again", () => starts() > before);
  }
  over.abort();
  await Promise.all(clients);
  t.same(lost, []);
  t.ok(count > 20, `${count} requests`);
  await server.end();
  for (const path of Object.values(sockets)) t.ok(existsSync(path), "a stop does not remove a held socket");
});

t.test("an idle stop is short", async (t) => {
  const stopMs = await shortestTime(3_000, async () => {
    const server = await startHeld();
    const startedMs = performance.now();
    await server.end();
    return performance.now() - startedMs;
  });
  t.ok(stopMs < 3_000, `${stopMs} ms`);
});
