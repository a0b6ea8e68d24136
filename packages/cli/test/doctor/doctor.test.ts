import { existsSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { join } from "node:path";
import t from "tap";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { startProcess, type ManagedProcess } from "@fjmcp/testkit/process/managed-process";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { clientProfiles } from "../../src/client-profiles/client-profiles.ts";
import { startDoctorStack, type DoctorReport } from "../support/doctor-stack.ts";

const caddy = findExecutable("caddy");
if (caddy === undefined) {
  t.plan(0, "no caddy on PATH");
  t.end();
}

const doctorStack = await startDoctorStack(t);
const { forgejo, stack, issuer, listen, doctor } = doctorStack;
const dir = temporaryDirectory(t);

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

const report = (...flags: string[]) => doctorStack.report("--ca-file", caFile, ...flags);
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
    const tls = (json as DoctorReport).checks.find(({ check }) => check === "tls")!;
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

t.test("login: finds that Forgejo is away", async (t) => {
  await forgejo.close();
  await withProxy(hsts + routes, async () => {
    const { of } = await report("--skip", "child", "--skip", "stream");
    t.match(of("login"), [{ level: "fault", text: /ECONNREFUSED/ }]);
  });
});
