import { chmodSync } from "node:fs";
import { once } from "node:events";
import { request, type RequestOptions } from "node:https";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Test } from "tap";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { withHeldSockets } from "../../../src/process/activated-process.ts";
import { freePort } from "../../../src/process/free-port.ts";
import { startProcess } from "../../../src/process/managed-process.ts";
import { fastStart } from "../../../src/stack/fast-start.ts";
import { temporaryDirectory } from "../../../src/temporary-directory.ts";
import { makeCertificate, type Proxy, type ProxySettings } from "./proxies.ts";

/** The proxy with the daemons' stand-in behind it, ready to serve. */
export async function startProxy(
  t: Test,
  proxy: Proxy,
  given: Pick<ProxySettings, "callTimeoutSec" | "keepsUpstreams"> = {},
) {
  const dir = temporaryDirectory(t);
  chmodSync(dir, 0o755);
  makeCertificate(dir);
  const sockets = { mcp: join(dir, "mcp.sock"), http: join(dir, "http.sock") };
  const settings: ProxySettings = { dir, port: await freePort(), sockets, ...given };
  const daemon = await startProcess(
    withHeldSockets(
      fastStart({
        name: "stand-in",
        command: process.execPath,
        arguments: [join(import.meta.dirname, "../fixtures/daemon.ts")],
        env: {},
        logFile: join(dir, "daemon.log"),
        isReady: (log) => log.includes("ready"),
      }),
      sockets,
    ),
  );
  t.teardown(() => daemon.end());
  for (const path of Object.values(sockets)) chmodSync(path, 0o666);
  const running = await startProcess({
    name: proxy.program,
    command: findExecutable(proxy.program)!,
    arguments: proxy.configure(settings),
    env: { HOME: dir, PATH: process.env.PATH ?? "" },
    logFile: join(dir, "proxy.log"),
    isReady: () =>
      send(settings.port, { path: "/" }).then(
        ({ status }) => status === 200,
        () => false,
      ),
  });
  t.teardown(() => running.end());
  return { settings, daemon, running };
}

/** Sends a request; resolves once its response begins. */
export async function open(port: number, options: RequestOptions & { body?: Buffer | string }) {
  const { body, ...rest } = options;
  const outgoing = request({ port, host: "127.0.0.1", rejectUnauthorized: false, agent: false, ...rest });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  return { outgoing, incoming };
}

/** Sends a request; resolves with the whole response. */
export async function send(port: number, options: RequestOptions & { body?: Buffer | string }) {
  const { incoming } = await open(port, options);
  const body = await text(incoming);
  return { status: incoming.statusCode, headers: incoming.headersDistinct, body };
}
