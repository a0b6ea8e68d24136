import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import t, { type Test } from "tap";
import { clientProfiles } from "../../src/client-profiles/client-profiles.ts";
import { only, startDoctorStack, type DoctorReport } from "../support/doctor-stack.ts";
import { caddy, hsts, siteProxy } from "../support/site-proxy.ts";

if (caddy === undefined) {
  t.plan(0, "no caddy on PATH");
  t.end();
}

const doctorStack = await startDoctorStack(t);
const { stack, issuer, doctor } = doctorStack;
const { caFile, routes, withProxy } = siteProxy(t, doctorStack);
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
    t.match(
      stdout,
      /^All that was checked is well\. Skipped: units, sockets, redis\. Read the warnings above all the same\. From/m,
      "it runs without a sandbox",
    );
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
    await withProxy(`header -WWW-Authenticate${routes}`, async () => {
      const challenge =
        /responds without our WWW-Authenticate header: the proxy must pass response headers on/;
      t.match((await report(...only("mcp"))).of("mcp"), [{ text: challenge }, { text: challenge }]);
    });
    const other = "https://other.example.org";
    const metadata = JSON.stringify({
      resource: `${other}/mcp`,
      authorization_servers: [other],
      issuer: other,
      registration_endpoint: `${other}/register`,
      authorization_endpoint: `${other}/authorize`,
    });
    await withProxy(
      `handle /.well-known/* {
    respond \`${metadata}\` 200
  }${routes}`,
      async () => {
        t.match((await report(...only("metadata"))).of("metadata"), [
          {
            level: "fault",
            text: /^the resource metadata names https:\/\/other\S+ another server responds for/,
          },
          {
            level: "fault",
            text: /^the server metadata names https:\/\/other\S+ another server responds for/,
          },
        ]);
      },
    );
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

/** A proxy to the session-daemon that treats what streams in its own way; resolves with its address. */
async function streamProxy(
  t: Test,
  pass: (incoming: IncomingMessage, res: ServerResponse, leave: () => void) => void,
): Promise<string> {
  const proxy = createServer((req, res) => {
    const { url, headers, method } = req;
    const upstream = request({ socketPath: stack.sockets.mcp, path: url, headers, method }, (incoming) => {
      res.writeHead(incoming.statusCode!, incoming.headers);
      if (incoming.headers["content-type"] !== "text/event-stream") return void incoming.pipe(res);
      res.flushHeaders();
      pass(incoming, res, () => upstream.destroy());
      return undefined;
    });
    upstream.on("error", () => undefined);
    req.pipe(upstream);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  t.teardown(() => {
    proxy.close();
    proxy.closeAllConnections();
  });
  return `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

t.test(
  "stream: finds a proxy that buffers, passes no token on, or a disconnect late or not at all",
  async (t) => {
    const buffering = await streamProxy(t, (incoming, res, leave) => {
      incoming.on("data", () => undefined);
      res.on("close", leave);
    });
    const stream = async (mcp: string) => {
      let findings: DoctorReport["checks"][number]["findings"] | undefined;
      const site = routes.replace(`reverse_proxy unix/${stack.sockets.mcp}`, mcp);
      await withProxy(site, async () => {
        findings = (await report(...only("stream"))).of("stream");
      });
      return findings;
    };
    t.match(await stream(`reverse_proxy ${buffering}`), [
      { level: "fault", text: /do not arrive as they are sent: switch buffering/ },
    ]);
    t.match(await stream(`reverse_proxy unix/${stack.sockets.mcp} {\n header_up -Authorization\n }`), [
      { level: "fault", text: /gets 401: the proxy must pass the Authorization header on/ },
    ]);
    t.match(await stream("respond 503"), [
      { level: "fault", text: /gets 503: look at the logs of the proxy and of both daemons$/ },
    ]);
    const late = await streamProxy(t, (incoming, res, leave) => {
      // The next event is sent after 3 s: half-way between what is early and what is too late.
      incoming.on("data", (chunk) => void (res.closed ? setTimeout(leave, 1500) : res.write(chunk)));
    });
    t.match(await stream(`reverse_proxy ${late}`), [
      {
        level: "warning",
        text: /passes a disconnect on only with the next event .*: it is late by up to 15 s/,
      },
    ]);
    const keeping = await streamProxy(t, (incoming, res) => {
      incoming.on("data", (chunk) => void res.write(chunk));
    });
    t.match(await stream(`reverse_proxy ${keeping}`), [
      { level: "fault", text: /does not pass a client's disconnect on, .*: see deploy\/proxy/ },
    ]);
  },
);
