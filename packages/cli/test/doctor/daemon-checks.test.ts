import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import t from "tap";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { only, startDoctorStack } from "../support/doctor-stack.ts";

const { forgejo, stack, issuer, childCommand, writeChild, restoreChild, report } = await startDoctorStack(t);

/** What the inspection finds, one line a finding. */
async function inspection(): Promise<string> {
  const findings = (await report(...only("inspection"))).of("inspection")!;
  return findings.map(({ level, text }) => `${level} ${text}`).join("\n");
}

t.test("child: finds an MCP server that does not start", async (t) => {
  writeChild("exit 3");
  t.teardown(restoreChild);
  const [finding] = (await report(...only("child"))).of("child")!;
  t.match(finding, { level: "fault", text: /FJMCP_CHILD_COMMAND: .*ended while starting/ });
});

t.test(
  "child: finds an MCP server without a tool table, with other tools, and of another version",
  async (t) => {
    t.teardown(restoreChild);
    const changed = async (script: string) => {
      writeChild(`${childCommand} | sed --unbuffered '${script}'`);
      return (await report(...only("child"))).of("child")!;
    };
    const knows = {
      level: "ok",
      text: "the tool table gitea-mcp, made with version 0.0.10, knows all its 30 tools",
    };
    t.match(await changed(""), [{ level: "ok" }, knows]);
    t.match(await changed('s/"name":"gitea-mcp"/"name":"other"/'), [
      { level: "ok", text: /other 0\.0\.10 starts/ },
      {
        level: "warning",
        text: /no tool table for this MCP server: all its 30 tools .*\(FJMCP_TOOL_TABLE\)/,
      },
    ]);
    t.match(await changed("s/user__get_my_userinfo/user__new/"), [
      { level: "ok" },
      { level: "warning", text: /gitea-mcp does not know 1 of its 30 tools, which .*: user__new$/ },
    ]);
    t.match(await changed('s/"version":"0.0.10"/"version":"0.1.0"/'), [
      { level: "ok" },
      knows,
      { level: "warning", text: /gitea-mcp was made with version 0\.0\.10 .*, this is 0\.1\.0: / },
    ]);
    t.equal((await changed('s/"version":"0.0.10"/"version":"v0.0.10"/')).length, 2, "the same version");
    t.match(await changed('s/"version":"0.0.10"/"version":""/'), [
      { level: "ok", text: /gitea-mcp, which does not give its version, starts/ },
      knows,
    ]);
  },
);

t.test(
  "daemons: finds a session-daemon that cannot reach the auth-server, and one that is away",
  async (t) => {
    const daemons = ["daemons", "inspection", "child", "sandbox"];
    const found = async () => {
      const { of } = await report(...only(...daemons));
      return Object.fromEntries(daemons.map((name) => [name, of(name)!]));
    };
    renameSync(stack.sockets.ipc, `${stack.sockets.ipc}.away`);
    t.match(await found(), {
      daemons: [
        {
          level: "fault",
          text: /^the session-daemon cannot reach the auth-server \(.*ENOENT.*\): look at the check sockets/,
        },
      ],
    });
    renameSync(`${stack.sockets.ipc}.away`, stack.sockets.ipc);
    t.match((await found()).daemons, [
      { level: "ok", text: "both daemons run, with one issuer and one version" },
    ]);

    const hold = stack.keepDown("sessionDaemon");
    const before = stack.sessionDaemon.pid;
    await stack.sessionDaemon.kill("SIGKILL");
    const isAway = /the session-daemon does not respond \(.*: look at fjmcp logs --unit session$/;
    const { daemons: reached, inspection: inspected, child, sandbox } = await found();
    t.match(reached, [{ level: "fault", text: isAway }]);
    t.match(inspected!.at(-1), { level: "fault", text: isAway });
    t.match(child, [
      { level: "fault", text: /the session-daemon does not respond .* Look at `fjmcp status`/ },
    ]);
    t.match(sandbox, [{ level: "fault", text: isAway }]);
    hold.release();
    await waitUntil("the session-daemon should be back", () => stack.sessionDaemon.pid !== before);
  },
);

t.test("inspection: finds a Redis that evicts, and one that is away", async (t) => {
  const admin = new Redis(stack.redis.unrestricted);
  t.teardown(() => admin.disconnect());
  admin.on("error", () => undefined);
  await admin.config("SET", "maxmemory-policy", "allkeys-lru");
  t.match(await inspection(), /warning auth-server: FJMCP_REDIS: maxmemory-policy is allkeys-lru/);
  await admin.config("SET", "maxmemory-policy", "noeviction");
  const hold = stack.keepDown("redis");
  await stack.redis.kill("SIGKILL");
  t.match(await inspection(), /fault session-daemon: FJMCP_REDIS: Redis does not respond/);
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
    /** Resolves with the new secret, which each change of an application brings. */
    const changeRedirectUri = async (redirectUri: string) => {
      const change = { name: "fjmcp", redirect_uris: [redirectUri], confidential_client: true };
      const init = { method: "PATCH", headers, body: JSON.stringify(change) };
      const response = await fetch(`${url}/${app.id}`, init);
      return ((await response.json()) as { client_secret: string }).client_secret;
    };
    const secret = await changeRedirectUri("https://other.example.org/oauth/callback");
    writeFileSync(join(stack.dir, "forgejo_client_secret"), secret);
    const before = stack.authServer.pid;
    await stack.authServer.kill("SIGTERM");
    await waitUntil("the auth-server should be back", () => stack.authServer.pid !== before);
    const redirectFault = new RegExp(
      `fault auth-server: FJMCP_FORGEJO_CLIENT_ID: .* does not have the redirect URI ${issuer}/oauth/callback: add it`,
    );
    t.match(await inspection(), redirectFault);
    await changeRedirectUri(`${issuer}/oauth/callback`);
    const found = await inspection();
    t.match(found, /fault auth-server: FJMCP_FORGEJO_CLIENT_SECRET_FILE: .* rejects the secret/);
    t.notMatch(found, redirectFault);
  },
);
