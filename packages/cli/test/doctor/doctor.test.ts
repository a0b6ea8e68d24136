import { existsSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { join } from "node:path";
import t from "tap";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { giteaMcp } from "@fjmcp/testkit/children/child-command";
import { startSandboxForgejo } from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { freePort } from "@fjmcp/testkit/process/free-port";
import { startProcess, type ManagedProcess } from "@fjmcp/testkit/process/managed-process";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { sandboxAccess } from "@fjmcp/testkit/stack/sandbox-access";
import { startStack } from "@fjmcp/testkit/stack/stack";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { Redis } from "ioredis";
import { clientProfiles } from "../../src/client-profiles/client-profiles.ts";
import { runCli } from "../support/run-cli.ts";
import { stubPrograms } from "../support/stub-programs.ts";

const caddy = findExecutable("caddy");
if (caddy === undefined) {
  t.plan(0, "no caddy on PATH");
  t.end();
}

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());
const dir = temporaryDirectory(t);
const programs = stubPrograms(temporaryDirectory(t));
const [port, listenPort] = [await freePort(), await freePort()];
const issuer = `https://localhost:${port}`;
const listen = `127.0.0.1:${listenPort}`;
const program = join(dir, "child");
const realChild = giteaMcp();
const writeChild = (command: string) => writeFileSync(program, `#!/bin/sh\n${command}\n`, { mode: 0o755 });
writeChild(`exec ${realChild.command}`);
const stack = await startStack({
  issuer,
  listen,
  forgejo: sandboxAccess(forgejo),
  child: { ...realChild, command: program },
  // The program is a script that starts another one: the sandbox would not show it that, nor the limits suit Node.
  sessionDaemon: { FJMCP_SANDBOX: "none", FJMCP_CHILD_MEMORY_MIB: "1024" },
});
t.teardown(() => stack.close());

const hsts = "header Strict-Transport-Security max-age=31536000";
const routes = `
  @mcp path /mcp /mcp/
  handle @mcp {
    reverse_proxy unix/${stack.sockets.mcp}
  }
  handle {
    reverse_proxy ${listen}
  }`;
const caFile = join(dir, "caddy/pki/authorities/local/root.crt");

/** Runs Caddy with the directives of the site until the test has ended. */
async function withProxy(site: string, run: () => Promise<void>): Promise<void> {
  const config = join(dir, "Caddyfile");
  writeFileSync(config, `{\n  skip_install_trust\n  admin off\n}\n${issuer} {\n  tls internal\n${site}\n}\n`);
  const proxy: ManagedProcess = await startProcess({
    name: "caddy",
    command: caddy!,
    arguments: ["run", "--adapter", "caddyfile", "--config", config],
    env: { HOME: dir, XDG_DATA_HOME: dir },
    logFile: join(dir, "caddy.log"),
    isReady: (log) => log.includes("serving initial configuration") && existsSync(caFile),
  });
  try {
    await run();
  } finally {
    await proxy.end();
  }
}

interface Report {
  ok: boolean;
  issuer: string;
  checks: { check: string; findings: { level: string; text: string }[] }[];
}

const localChecks = ["units", "sockets", "redis"].flatMap((name) => ["--skip", name]);
async function doctor(...flags: string[]) {
  const args = ["doctor", "--private", "--socket", stack.sockets.admin, ...localChecks, ...flags];
  return runCli(args, programs);
}
async function report(...flags: string[]) {
  const { json } = await doctor("--json", "--ca-file", caFile, ...flags);
  const { ok, checks } = json as Report;
  return { ok, of: (name: string) => checks.find(({ check }) => check === name)?.findings };
}
/** All that depends on the proxy alone. */
const proxyOnly = ["inspection", "child", "clock", "login"].flatMap((name) => ["--skip", name]);

t.test("a good installation is green, and ends with one line to run from elsewhere", async (t) => {
  await withProxy(hsts + routes, async () => {
    const { code, stdout } = await doctor("--ca-file", caFile);
    t.equal(code, 0, stdout);
    t.notMatch(stdout, /^FAULT/m);
    t.match(stdout, /^ok +login +a client registers, .* Forgejo's login$/m);
    t.match(stdout, /^ok +stream +event streams arrive unbuffered, and a disconnect comes through$/m);
    t.match(stdout, /^ok +child +the MCP server gitea/m);
    t.match(stdout, new RegExp(`curl .* -X POST ${issuer}/mcp$`, "m"));
    t.notMatch(stdout, stack.forgejo.clientSecret);
  });
});

t.test("tls: finds an unknown CA, no HSTS header, and two of them", async (t) => {
  await withProxy(routes, async () => {
    const { json } = await doctor("--json");
    const tls = (json as Report).checks.find(({ check }) => check === "tls")!;
    t.match(tls.findings, [{ level: "fault", text: /--ca-file FILE trusts an internal CA/ }]);
    t.match((await report(...proxyOnly)).of("tls"), [{ level: "warning", text: /there is no Strict-/ }]);
  });
  await withProxy(`${hsts}\n  header +Strict-Transport-Security max-age=1${routes}`, async () => {
    t.match((await report(...proxyOnly)).of("tls"), [{ level: "warning", text: /there are 2 Strict-/ }]);
  });
});

t.test(
  "mcp and metadata: finds a redirect, a path that is not passed on, and a missing document",
  async (t) => {
    await withProxy(
      `redir /mcp/ /mcp 308\n  handle /.well-known/* {\n    respond 404\n  }${routes}`,
      async () => {
        const { ok, of } = await report(...proxyOnly);
        t.notOk(ok);
        t.match(of("mcp"), [{ level: "fault", text: /\/mcp\/ redirects to \/mcp, .*: remove the redirect/ }]);
        t.match(of("metadata"), [{ level: "fault", text: /protected-resource/ }, { level: "fault" }]);
      },
    );
    await withProxy("respond 200", async () => {
      const { of } = await report(...proxyOnly);
      t.match(of("mcp"), [{ text: /responds 200 instead of 401/ }, { text: /\/mcp\/ responds 200/ }]);
    });
  },
);

t.test("clients: finds what the users of a client would see, one line for each client", async (t) => {
  const checked = clientProfiles.map(({ name }) => name);
  const clientsOnly = [...proxyOnly, "--skip", "stream", "--clients"];
  await withProxy(hsts + routes, async () => {
    const { ok, of } = await report(...clientsOnly);
    t.ok(ok);
    const expected = checked.map((name) => ({ level: "ok", text: `${name} gets to Forgejo's login` }));
    t.same(of("clients"), expected);
    t.notOk((await report(...proxyOnly, "--skip", "stream")).of("clients"), "only when asked for");
  });
  await withProxy(`${hsts}\n  handle /oauth/register {\n    respond 403\n  }${routes}`, async () => {
    const { ok, of } = await report(...clientsOnly);
    t.notOk(ok);
    const found = of("clients")!;
    t.equal(found.length, checked.length);
    const problem = "its user sees that the client could not be registered, before any browser opens";
    t.match(found[0], { level: "fault", text: `Claude (registered): ${problem}: 403` });
    t.match(found[2], { level: "fault", text: /^ChatGPT \(registered\): / });
  });
});

t.test("stream: finds a proxy that buffers, and one that keeps a disconnect to itself", async (t) => {
  const buffering = createServer((req, res) => {
    const upstream = request(
      { socketPath: stack.sockets.mcp, path: req.url, headers: req.headers, method: req.method },
      (incoming) => {
        res.writeHead(incoming.statusCode!, incoming.headers);
        if (incoming.headers["content-type"] !== "text/event-stream") return void incoming.pipe(res);
        res.flushHeaders();
        incoming.on("data", () => undefined);
        res.on("close", () => upstream.destroy());
        return undefined;
      },
    );
    req.pipe(upstream);
  });
  buffering.listen(0, "127.0.0.1");
  t.teardown(() => buffering.close());
  await waitUntil("it should listen", () => buffering.address() !== null);
  const { port: bufferingPort } = buffering.address() as { port: number };
  const through = (mcp: string) => routes.replace(`reverse_proxy unix/${stack.sockets.mcp}`, mcp);
  await withProxy(through(`reverse_proxy 127.0.0.1:${bufferingPort}`), async () => {
    const [finding] = (await report(...proxyOnly)).of("stream")!;
    t.match(finding, { level: "fault", text: /do not arrive as they are sent: switch buffering/ });
  });
  const keeping = `reverse_proxy unix/${stack.sockets.mcp} {\n flush_interval -1\n }`;
  await withProxy(through(keeping), async () => {
    const [finding] = (await report(...proxyOnly)).of("stream")!;
    t.match(finding, { level: /fault|warning/, text: /disconnect/ });
  });
});

t.test("child: finds an MCP server that does not start", async (t) => {
  writeChild("exit 3");
  t.teardown(() => writeChild(`exec ${realChild.command}`));
  const [finding] = (await report()).of("child")!;
  t.match(finding, { level: "fault", text: /FJMCP_CHILD_COMMAND: .*ended while starting/ });
});

t.test("inspection: finds a Redis that evicts, and one that is away", async (t) => {
  const admin = new Redis(stack.redis.unrestricted);
  t.teardown(() => admin.disconnect());
  admin.on("error", () => undefined);
  await admin.config("SET", "maxmemory-policy", "allkeys-lru");
  const texts = async () => (await report()).of("inspection")!.map(({ level, text }) => `${level} ${text}`);
  t.match((await texts()).join("\n"), /warning auth-server: FJMCP_REDIS: maxmemory-policy is allkeys-lru/);
  await admin.config("SET", "maxmemory-policy", "noeviction");
  const hold = stack.keepDown("redis");
  await stack.redis.kill("SIGKILL");
  t.match((await texts()).join("\n"), /fault session-daemon: FJMCP_REDIS: Redis does not respond/);
  hold.release();
});

t.test(
  "inspection: finds a redirect URI that Forgejo's application does not have, and another secret",
  async (t) => {
    const { name, password } = forgejo.users[0]!;
    const authorization = `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;
    const headers = { authorization, "content-type": "application/json" };
    const url = `${forgejo.url}/api/v1/user/applications/oauth2`;
    const [app] = (await (await fetch(url, { headers })).json()) as [{ id: number }];
    const body = JSON.stringify({
      name: "fjmcp",
      redirect_uris: [`${issuer}/oauth/callback`],
      confidential_client: true,
    });
    t.equal((await fetch(`${url}/${app.id}`, { method: "PATCH", headers, body })).status, 200);
    const texts = (await report())
      .of("inspection")!
      .map(({ level, text }) => `${level} ${text}`)
      .join("\n");
    t.match(texts, /fault auth-server: FJMCP_FORGEJO_CLIENT_SECRET_FILE: .* rejects the secret/);
  },
);

t.test("login: finds that Forgejo is away", async (t) => {
  await forgejo.close();
  await withProxy(hsts + routes, async () => {
    const { of } = await report("--skip", "child", "--skip", "stream");
    t.match(of("login"), [{ level: "fault", text: /ECONNREFUSED/ }]);
  });
});
