import { toolsets } from "@fjmcp/shared/oauth/toolsets";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { childCommand } from "../../src/children/child-command.ts";
import { startSandboxForgejo } from "../../src/forgejo/sandbox-forgejo.ts";
import { connectMcpClient } from "../../src/mcp-client/connect-mcp-client.ts";
import { request } from "../../src/mcp-client/http-client.ts";
import { MemoryOAuthProvider } from "../../src/mcp-client/memory-oauth-provider.ts";
import { RecordingFetch } from "../../src/mcp-client/recording-fetch.ts";
import { freePort } from "../../src/process/free-port.ts";
import { projectRoot } from "../../src/process/project-root.ts";
import { waitUntil } from "../../src/process/wait-until.ts";
import { ScriptedUser } from "../../src/scripted-user/scripted-user.ts";
import { sandboxAccess } from "../../src/stack/sandbox-access.ts";
import { startStack } from "../../src/stack/stack.ts";

/** One metric of a scrape. */
interface Scraped {
  readonly type: string;
  readonly daemons: Set<string>;
  readonly labels: Set<string>;
  /** As the text has them. */
  readonly samples: string[];
}

function parse(text: string): Map<string, Scraped> {
  const metrics = new Map<string, Scraped>();
  let current: Scraped | undefined;
  for (const line of text.split("\n").filter(Boolean)) {
    const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name !== undefined) {
      if (metrics.has(name)) throw new Error(`${name} is twice in the text`);
      metrics.set(name, (current = { type: type!, daemons: new Set(), labels: new Set(), samples: [] }));
    } else if (!line.startsWith("#")) {
      current!.samples.push(line);
      for (const [, label, value] of line.matchAll(/(\w+)="([^"]*)"/g)) {
        if (label === "daemon") current!.daemons.add(value!);
        else if (label !== "le") current!.labels.add(label!);
      }
    }
  }
  return metrics;
}

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());
const port = await freePort();
const stack = await startStack({
  forgejo: sandboxAccess(forgejo),
  child: {
    name: "stub",
    command: `${childCommand("forgejo")} --url {url}`,
    env: "FORGEJO_ACCESS_TOKEN={token}",
  },
  authServer: { FJMCP_METRICS_LISTEN: `127.0.0.1:${port}` },
});
t.teardown(() => stack.close());

const get = async (target: { socketPath: string } | { host: string; port: number }, path = "/metrics") =>
  await request(target, { method: "GET", path });
const loopback = { host: "127.0.0.1", port };
const hostile = 'a tool"} 1\nfjmcp_forged{x="';

/** A client that has signed in. */
async function signIn(t: Test) {
  const redirectUrl = "http://127.0.0.1:33418/callback";
  const user = new ScriptedUser(forgejo.users[0]!);
  const provider = new MemoryOAuthProvider({ redirectUrl, clientName: "A client" });
  const { client } = await connectMcpClient({
    mcpUrl: stack.mcpUrl,
    provider,
    recording: new RecordingFetch(),
    signIn: (url) => user.signInAndAllow(url, { stopAt: redirectUrl, toolsets }),
  });
  t.teardown(() => client.close());
  return { client, provider };
}

/** A client that has called two tools, and two that do not exist. */
async function useAll(t: Test) {
  const { client } = await signIn(t);
  await client.callTool({ name: "who_am_i", arguments: {} });
  for (const name of ["fail", "no_such_tool", hostile])
    await client.callTool({ name, arguments: {} }).catch(() => undefined);
}

t.test("publishes metrics", async (t) => {
  await useAll(t);
  const { text } = await get({ socketPath: stack.sockets.admin });
  const scraped = parse(text);

  t.test("a scrape counts what was done, with labels of known tools alone", async (t) => {
    const samples = text.split("\n");
    for (const sample of [
      'fjmcp_tool_calls_total{tool="who_am_i",outcome="ok",daemon="session-daemon"} 1',
      'fjmcp_tool_calls_total{tool="fail",outcome="rpc_error",daemon="session-daemon"} 1',
      'fjmcp_tool_calls_total{tool="other",outcome="rpc_error",daemon="session-daemon"} 2',
      'fjmcp_tool_call_duration_seconds_count{tool="who_am_i",daemon="session-daemon"} 1',
      'fjmcp_tool_call_duration_seconds_bucket{le="+Inf",tool="other",daemon="session-daemon"} 2',
      'fjmcp_requests_total{method="tools/call",outcome="ok",daemon="session-daemon"} 1',
      'fjmcp_workers{state="idle",daemon="session-daemon"} 1',
      'fjmcp_sessions_opened_total{daemon="session-daemon"} 1',
      'fjmcp_worker_spawn_seconds_count{daemon="session-daemon"} 1',
      'fjmcp_logins_total{outcome="completed",daemon="auth-server"} 1',
      'fjmcp_tokens_issued_total{grant_type="authorization_code",daemon="auth-server"} 1',
      'fjmcp_forgejo_requests_total{operation="exchangeCode",outcome="ok",daemon="auth-server"} 1',
      'fjmcp_dependency_up{dependency="redis",status="ok",daemon="auth-server"} 1',
      'fjmcp_dependency_up{dependency="forgejo",status="ok",daemon="session-daemon"} 1',
    ])
      t.ok(samples.includes(sample), sample);
    t.notMatch(text, /no_such_tool|forged|A client/);
  });

  const rows = read("docs/reference/metrics.md").matchAll(
    /^\| `(\w+)` +\| (\w+) +\| ([^|]*?) +\| ([^|]*?) +\|/gm,
  );
  const documented = new Map(
    [...rows].map(([, name, type, daemons, labels]) => [name!, { type, daemons, labels: labels! }]),
  );

  t.test("the reference lists exactly the metrics of both daemons", async (t) => {
    t.same([...documented.keys()].toSorted(), [...scraped.keys()].toSorted());
    for (const [name, { type, daemons, labels }] of scraped) {
      const row = documented.get(name)!;
      t.equal(row.type, type, `the type of ${name}`);
      if (daemons.size > 0) t.equal(row.daemons, daemons.size === 2 ? "both" : [...daemons][0], name);
      for (const label of labels) t.match(row.labels, `\`${label}\``, `${name} has the label ${label}`);
    }
  });

  t.test("the dashboard names only metrics that exist, and labels that they have", async (t) => {
    const dashboards = globSync("deploy/grafana/*.json", { cwd: projectRoot });
    t.ok(dashboards.length > 0);
    const labelsOf = new Map<string, readonly string[]>();
    for (const [name, { type, labels }] of documented) {
      const own = ["daemon", ...[...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label!)];
      if (type !== "histogram") labelsOf.set(name, own);
      else {
        for (const part of ["sum", "count"]) labelsOf.set(`${name}_${part}`, own);
        labelsOf.set(`${name}_bucket`, [...own, "le"]);
      }
    }
    for (const dashboard of dashboards) {
      const queries = queriesIn(JSON.parse(read(dashboard)));
      t.ok(queries.length > 10, "the queries were found");
      for (const { expr, legendFormat = "" } of queries) {
        const names = [...expr.matchAll(/\b(?:fjmcp|process|nodejs)_\w+/g)].map(([name]) => name);
        t.ok(names.length > 0, expr);
        t.strictSame(
          names.filter((name) => !labelsOf.has(name)),
          [],
          expr,
        );
        // Other programs have metrics of these names, too.
        for (const name of names.filter((one) => !one.startsWith("fjmcp_")))
          t.ok(expr.includes(`${name}{daemon=~"auth-server|session-daemon"}`), expr);
        const kept = [...expr.matchAll(/\bby \(([^)]*)\)/g)].map(([, list]) => list!.split(/, */));
        const matched = [...expr.matchAll(/[{,] *(\w+) *(?:=|!)/g)].map(([, label]) => label!);
        for (const name of names)
          for (const label of [...kept.flat(), ...matched])
            t.ok(labelsOf.get(name)?.includes(label), `${name} has the label ${label}: ${expr}`);
        const left = kept[0] ?? labelsOf.get(names[0]!)!;
        for (const [, label] of legendFormat.matchAll(/{{ *(\w+) *}}/g))
          t.ok(left.includes(label!), `${legendFormat} of ${expr}`);
      }
    }
  });

  t.test("the control socket has the session-daemon's alone, the loopback port both", async (t) => {
    const own = parse((await get({ socketPath: stack.sockets.control })).text);
    t.ok(own.has("fjmcp_workers"));
    t.notOk(own.has("fjmcp_logins_total"));
    const reply = await get(loopback);
    t.match(reply.headers["content-type"], /^text\/plain; version=0\.0\.4/);
    t.same([...parse(reply.text).keys()], [...scraped.keys()]);
  });

  t.test("the loopback port serves nothing else, and no page of another host", async (t) => {
    t.equal((await get(loopback, "/")).status, 404);
    t.equal((await get(loopback, "/status")).status, 404);
    t.equal((await request(loopback, { method: "POST", path: "/metrics" })).status, 405);
    const rebound = { method: "GET", path: "/metrics", headers: { host: "evil.example.org" } };
    t.equal((await request(loopback, rebound)).status, 403);
  });

  t.test("sign-outs are counted by their reason", async (t) => {
    const { provider } = await signIn(t);
    const revoked = await fetch(`${stack.issuer}/oauth/revoke`, {
      method: "POST",
      body: new URLSearchParams({
        client_id: provider.clientInformation()!.client_id,
        token: provider.tokens()!.access_token,
      }),
    });
    t.equal(revoked.status, 200);
    await request(
      { socketPath: stack.sockets.admin },
      {
        method: "POST",
        path: "/users/end",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ accountId: String(forgejo.users[0]!.id) }),
      },
    );
    const samples = (await get(loopback)).text.split("\n");
    for (const reason of ["client_request", "administrator"]) {
      const sample = `fjmcp_grants_revoked_total{reason="${reason}",daemon="auth-server"} 1`;
      t.ok(samples.includes(sample), sample);
    }
    const sessions = 'fjmcp_sessions_ended_total{reason="access_ended",daemon="session-daemon"} 2';
    t.ok(samples.includes(sessions), "the session of each has ended with it");
  });

  t.test("a scrape has the auth-server's metrics while the session-daemon is away", async (t) => {
    const hold = stack.keepDown("sessionDaemon");
    await stack.sessionDaemon.kill("SIGKILL");
    const down = 'fjmcp_dependency_up{dependency="session_daemon",status="away",daemon="auth-server"} 0';
    await waitUntil("it is seen", async () => (await get(loopback)).text.includes(down));
    const alone = parse((await get(loopback)).text);
    t.ok(alone.has("fjmcp_logins_total"));
    t.notOk(alone.has("fjmcp_workers"));
    hold.release();
  });
});

interface Query {
  readonly expr: string;
  readonly legendFormat?: string;
}

function queriesIn(value: unknown): Query[] {
  if (typeof value !== "object" || value === null) return [];
  const nested = Object.values(value).flatMap((member) => queriesIn(member));
  return "expr" in value && typeof value.expr === "string" ? [value as Query, ...nested] : nested;
}

function read(file: string): string {
  return readFileSync(join(projectRoot, file), "utf8");
}
