import { readdirSync, readFileSync, rmSync } from "node:fs";
import { once } from "node:events";
import { Agent } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import type { ManagedProcess } from "../../src/process/managed-process.ts";
import { waitUntil } from "../../src/process/wait-until.ts";
import { proxies } from "./support/proxies.ts";
import { open, send, startProxy } from "./support/start-proxy.ts";

const secretHeader = { authorization: "Bearer secret-in-header" };

const json = ({ body }: { body: string }) => JSON.parse(body) as Record<string, unknown>;

/** Posts of six clients, half of them with kept-alive connections, until `until` resolves. Gives what was lost. */
async function load(port: number, until: Promise<unknown>) {
  const over = new AbortController();
  let count = 0;
  const lost: string[] = [];
  const client = async (index: number) => {
    const agent = new Agent({ keepAlive: index % 2 === 0, maxSockets: 1 });
    while (!over.signal.aborted) {
      count++;
      await send(port, { method: "POST", path: "/mcp?sleepMs=5", body: "{}", agent })
        .then(({ status, body }) => status !== 200 && lost.push(`${status} ${body}`))
        .catch((error: unknown) => lost.push(String(error)));
      await sleep(10 + 7 * index);
    }
    agent.destroy();
  };
  const clients = Array.from({ length: 6 }, (_, index) => client(index));
  await until;
  over.abort();
  await Promise.all(clients);
  return { count, lost };
}

async function restart(daemon: ManagedProcess, log: () => string, signal: NodeJS.Signals): Promise<void> {
  const starts = () => log().split("ready").length;
  const before = starts();
  process.kill(daemon.pid, signal);
  await waitUntil("the daemon should be back", () => starts() > before);
}

for (const proxy of proxies) {
  const skip = findExecutable(proxy.program) === undefined ? `no ${proxy.program} on PATH` : false;
  t.test(`${proxy.program} serves both daemons as deploy/proxy says`, { skip }, async (t) => {
    const { settings, daemon } = await startProxy(t, proxy);
    const { port } = settings;

    for (const path of ["/mcp", "/mcp/"]) {
      const headers = { cookie: "session=secret" };
      const mcp = await send(port, { method: "POST", path, body: "{}", headers });
      t.match(json(mcp), { name: "mcp", target: path, host: `127.0.0.1:${port}` }, path);
      t.same(mcp.headers["strict-transport-security"], ["max-age=31536000"]);
      t.notOk("cookie" in json(mcp), "the session-daemon gets no cookie of a page");
      t.notOk("set-cookie" in mcp.headers, "and sets none");
      t.same(mcp.headers["content-security-policy"], ["sandbox; default-src 'none'"]);
    }
    const withCookie = await send(port, { path: "/", headers: { cookie: "session=secret" } });
    t.match(json(withCookie), { cookie: "session=secret" });
    t.same(withCookie.headers["set-cookie"], ["a=1", "b=2"]);
    t.notOk("content-security-policy" in withCookie.headers);
    const page = await send(port, {
      path: "/oauth/x%2Fy?code=secret-in-query",
      headers: secretHeader,
    });
    t.match(json(page), { name: "http", target: "/oauth/x%2Fy?code=secret-in-query" });
    t.same(page.headers["strict-transport-security"], ["max-age=31536000"]);

    // Caddy has the loggers of a site by its address to the byte: this one it logs elsewhere.
    const withoutPort = await send(port, { path: "/oauth/x", headers: { host: "127.0.0.1" } });
    t.match(withoutPort.headers, { location: [/secret-in-location/] });

    const bytes = 4 * 1024 * 1024;
    t.match(json(await send(port, { method: "POST", path: "/mcp", body: Buffer.alloc(bytes, " ") })), {
      bytes,
    });

    const { outgoing, incoming } = await open(port, { path: "/mcp" });
    const [first] = (await once(incoming, "data")) as [Buffer];
    t.match(first.toString(), "data: 0", "the first event arrives before the second is sent");
    const streams = async () => (await send(port, { path: "/streams" })).body;
    t.equal(await streams(), "1");
    outgoing.destroy();
    if (!proxy.noticesDisconnects) await send(port, { path: "/second-event" });
    await waitUntil("the disconnect should be passed on", async () => (await streams()) === "0");

    t.match(proxy.accessLog(settings), "/oauth/x", "requests are logged");
    await daemon.end();
    for (const socket of Object.values(settings.sockets)) rmSync(socket);
    const failed = await send(port, { path: "/oauth/x?code=secret-in-query", headers: secretHeader });
    t.match(String(failed.status), /50[23]/, "no daemon is there");
    for (const name of readdirSync(settings.dir).filter((name) => name.endsWith(".log")))
      if (name !== "daemon.log")
        t.notMatch(readFileSync(join(settings.dir, name), "utf8"), "secret-in", name);
  });

  for (const keepsUpstreams of proxy.program === "nginx" ? [false] : [false, true]) {
    const how = keepsUpstreams ? ", even one on a kept upstream connection," : "";
    t.test(
      `no request through ${proxy.program}${how} is lost while a daemon restarts`,
      { skip },
      async (t) => {
        const { settings, daemon } = await startProxy(t, proxy, { keepsUpstreams });
        const log = () => readFileSync(daemon.logFile, "utf8");
        const restarts = async () => {
          for (let round = 0; round < 5; round++) {
            await sleep(300);
            await restart(daemon, log, "SIGHUP");
          }
        };
        const { count, lost } = await load(settings.port, restarts());
        t.same(lost, []);
        t.ok(count > 20, `${count} requests`);
        t.comment(`${lost.length} of ${count} requests lost over 5 restarts`);
      },
    );
  }
}
