import dns from "node:dns/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import t, { type Test } from "tap";
import { listenUnix } from "@fjmcp/shared/http-server/unix-listener";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import type { DoctorContext } from "../../src/doctor/check.ts";
import { dnsCheck } from "../../src/doctor/public-checks.ts";
import { startNameServer } from "../support/name-server.ts";
import { runCli } from "../support/run-cli.ts";
import { stubPrograms } from "../support/stub-programs.ts";

const ok = { status: "ok" };

/** The findings of one check, with a stand-in for the auth-server that reports `status`. */
async function findingsOf(
  t: Test,
  check: string,
  options: {
    issuer?: string;
    sessionIssuer?: string;
    sessionVersion?: string;
    forgejoUrl?: string;
    sandbox?: { kind: string; reason: string };
    flags?: string[];
    timedatectl?: string;
  },
) {
  const {
    issuer = "https://localhost:1",
    sessionIssuer = issuer,
    sessionVersion = "0.1.0",
    forgejoUrl = "http://127.0.0.1:1",
    sandbox = { kind: "bubblewrap", reason: "" },
  } = options;
  const common = { status: "ok", version: "0.1.0", redis: ok, forgejo: ok };
  const status = {
    authServer: { ...common, issuer, sessionDaemon: ok },
    sessionDaemon: {
      status: "ok",
      response: {
        ...common,
        issuer: sessionIssuer,
        version: sessionVersion,
        authServer: ok,
        workers: { live: 0, idle: 0, waiting: 0 },
        streams: 0,
        sandbox,
      },
    },
    forgejoUrl,
  };
  const admin = createServer((_, res) => res.end(JSON.stringify(status)));
  const socket = join(temporaryDirectory(t), "admin.sock");
  await listenUnix(admin, socket);
  const programs = stubPrograms(temporaryDirectory(t));
  if (options.timedatectl !== undefined) programs.write("timedatectl", options.timedatectl);
  const { json } = await runCli(["doctor", "--socket", socket, "--json", ...(options.flags ?? [])], programs);
  admin.close();
  const { checks } = json as { checks: { check: string; findings: object[] }[] };
  return checks.find((each) => each.check === check)!.findings;
}

async function listenOn(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

t.test("daemons: finds two issuers, and two versions", async (t) => {
  t.match(await findingsOf(t, "daemons", {}), [{ level: "ok" }]);
  t.match(await findingsOf(t, "daemons", { sessionIssuer: "https://other.example.org" }), [
    { level: "fault", text: /FJMCP_ISSUER is https:\/\/localhost:1 in .* and https:\/\/other/ },
  ]);
  t.match(await findingsOf(t, "daemons", { sessionVersion: "0.2.0" }), [
    { level: "warning", text: "the auth-server is 0.1.0, the session-daemon 0.2.0: restart both" },
  ]);
});

t.test("sandbox: finds that there is none, with the reason", async (t) => {
  t.match(await findingsOf(t, "sandbox", { sandbox: { kind: "bubblewrap", reason: "" } }), [{ level: "ok" }]);
  t.match(await findingsOf(t, "sandbox", { sandbox: { kind: "none", reason: "no bwrap on PATH" } }), [
    { level: "fault", text: /no bwrap on PATH.*: install bubblewrap/ },
  ]);
  const chosen = { kind: "none", reason: "FJMCP_SANDBOX is none" };
  t.match(await findingsOf(t, "sandbox", { sandbox: chosen }), [{ level: "warning" }]);
});

t.test("clock: finds a difference to Forgejo's, and a clock that is not kept", async (t) => {
  const forgejo = async (behindMs = 0) =>
    listenOn(t, (_, res) => {
      res.writeHead(200, { date: new Date(Date.now() - behindMs).toUTCString() }).end();
    });
  const good = await forgejo();
  t.match(await findingsOf(t, "clock", { forgejoUrl: good }), [{ level: "ok" }]);
  t.match(await findingsOf(t, "clock", { forgejoUrl: await forgejo(300_000) }), [
    { level: "fault", text: /differ by (299|300|30\d) s: run timedatectl/ },
  ]);
  t.match(await findingsOf(t, "clock", { forgejoUrl: good, timedatectl: "echo NTPSynchronized=no" }), [
    { level: "warning", text: /not synchronised/ },
  ]);
  for (const date of [undefined, "soon"]) {
    const forgejoUrl = await listenOn(t, (_, res) => {
      res.sendDate = false;
      res.writeHead(200, { ...(date !== undefined && { date }) }).end();
    });
    t.match(await findingsOf(t, "clock", { forgejoUrl }), [{ level: "warning", text: /has no Date/ }]);
  }
  t.match(await findingsOf(t, "clock", {}), [{ level: "fault", text: /ECONNREFUSED/ }]);
});

t.test("dns: finds a name without an address, and one that only this machine can reach", async (t) => {
  t.match(await findingsOf(t, "dns", { issuer: "https://fjmcp.invalid" }), [
    { level: "fault", text: /fjmcp\.invalid has no address: add an A or AAAA record/ },
  ]);
  t.match(await findingsOf(t, "dns", {}), [{ level: "fault", text: /clients on the internet cannot reach/ }]);
  t.match(await findingsOf(t, "dns", { flags: ["--private"] }), [{ level: "ok" }]);
});

t.test("dns: finds the public record of a name that /etc/hosts leads elsewhere", async (t) => {
  const found = async (...ipv4: readonly number[]) => {
    const nameServer = await startNameServer(t, { ipv4 });
    const before = dns.getServers();
    dns.setServers([nameServer]);
    const context = { issuer: "https://localhost:1", isPrivate: false } as DoctorContext;
    return dnsCheck.run(context).finally(() => dns.setServers(before));
  };
  t.match(await found(203, 0, 113, 7), [
    { level: "ok", text: /has the address 203\.0\.113\.7; from this machine/ },
  ]);
  t.match(await found(192, 168, 0, 7), [{ level: "fault", text: /clients on the internet cannot reach/ }]);
});

t.test("tls: finds a proxy that does not respond, and a public name without TLS", async (t) => {
  t.match(await findingsOf(t, "tls", { flags: ["--private"] }), [
    { level: "fault", text: /ECONNREFUSED.*: start the proxy/ },
  ]);
  const issuer = await listenOn(t, (_, res) => res.end());
  t.match(await findingsOf(t, "tls", { issuer }), [{ level: "fault", text: /need an https URL/ }]);
  t.match(await findingsOf(t, "tls", { issuer, flags: ["--private"] }), [{ level: "ok" }]);
});
