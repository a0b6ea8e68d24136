import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { startSandboxForgejo } from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { connectMcpClient } from "@fjmcp/testkit/mcp-client/connect-mcp-client";
import { MemoryOAuthProvider } from "@fjmcp/testkit/mcp-client/memory-oauth-provider";
import { RecordingFetch } from "@fjmcp/testkit/mcp-client/recording-fetch";
import { projectRoot } from "@fjmcp/testkit/process/project-root";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import { sandboxAccess } from "@fjmcp/testkit/stack/sandbox-access";
import { startStack } from "@fjmcp/testkit/stack/stack";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { auditEvents } from "../src/audit/audit-events.ts";
import { runCli } from "./support/run-cli.ts";
import { stubPrograms } from "./support/stub-programs.ts";

const directory = temporaryDirectory(t);
const programs = stubPrograms(directory);
const file = join(directory, "log");
const fjmcp = (...args: string[]) => runCli(args, programs);
const audit = async (...args: string[]) => (await fjmcp("audit", "--file", file, ...args)).stdout;
const events = async (...args: string[]) =>
  (await audit("--json", ...args))
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { event: string; accountId?: string; clientRef?: string });

t.before(async () => {
  const forgejo = await startSandboxForgejo();
  t.teardown(() => forgejo.close());
  const stack = await startStack({ forgejo: sandboxAccess(forgejo) });
  t.teardown(() => stack.close());
  for (const [index, clientName] of ["First client", "Second client"].entries()) {
    const redirectUrl = "http://127.0.0.1:33418/callback";
    const user = new ScriptedUser(forgejo.users[index]!);
    const { client } = await connectMcpClient({
      mcpUrl: stack.mcpUrl,
      provider: new MemoryOAuthProvider({ redirectUrl, clientName }),
      recording: new RecordingFetch(),
      signIn: (url) => user.signInAndAllow(url, { stopAt: redirectUrl }),
    });
    await client.callTool({ name: "user__get_my_userinfo", arguments: {} });
    await client.close();
  }
  await fjmcp("users", "end", "1", "--yes", "--socket", stack.sockets.admin);
  const logs = [stack.authServer.logFile, stack.sessionDaemon.logFile];
  await waitUntil("all should be logged", () => {
    const text = logs.map((log) => readFileSync(log, "utf8")).join("");
    return text.includes('"grant.revoked"') && text.split('"tool_call.completed"').length > 2;
  });
  copyFileSync(logs[0]!, file);
  appendFileSync(file, `Started fjmcp-session.service.\n<6>${readFileSync(logs[1]!, "utf8")}`);
});

t.test("has the events of the audit, and no others", async (t) => {
  const names = new Set((await events()).map(({ event }) => event));
  for (const name of [
    "client.registered",
    "login.completed",
    "session.opened",
    "tool_call.completed",
    "access.ended",
  ])
    t.ok(names.has(name), name);
  t.same(
    [...names].filter((name) => !auditEvents.has(name)),
    [],
  );
});

t.test("selects by user, client, event and time", async (t) => {
  const ofUser = await events("--user", "1");
  t.ok(ofUser.some(({ event }) => event === "grant.revoked"));
  t.notOk(ofUser.some(({ accountId = "1" }) => accountId !== "1"));
  const { clientRef } = (await events("--user", "2", "--event", "login.completed"))[0]!;
  const ofClient = await events("--client", clientRef!);
  t.ok(ofClient.some(({ event }) => event === "tool_call.completed"));
  t.same([...new Set(ofClient.map((entry) => entry.clientRef))], [clientRef]);
  const some = await events("--event", "login.*", "grant.revoked");
  t.same([...new Set(some.map(({ event }) => event))].toSorted(), [
    "grant.revoked",
    "login.completed",
    "login.started",
  ]);
  t.same(await events("--since", "2999-01-01T00:00:00Z"), []);
  t.same(await events("--until", "2001-01-01T00:00:00Z"), []);
  t.equal((await events("--since", "2001-01-01", "--until", "2999-01-01")).length, (await events()).length);
  t.equal((await events("-n", "3")).length, 3);
});

t.test("shows a table to people", async (t) => {
  const table = await audit("--user", "1", "--event", "grant.revoked");
  t.match(
    table,
    /^TIME +EVENT +USER +CLIENT +DETAILS\n20.{17} +grant\.revoked +1 +[0-9a-f]{12} +.*reason="administrator"\n$/,
  );
  t.equal(await audit("--user", "99"), "There are no such events.\n");
});

t.test("reads standard input, and the journal of both units", async (t) => {
  const text = readFileSync(file, "utf8");
  const piped = await runCli(["audit", "--file", "-", "--event", "grant.revoked", "--json"], {
    ...programs,
    input: text,
  });
  t.equal(piped.stdout.trim().split("\n").length, 1);
  programs.write("journalctl", `cat ${file}`);
  const { stdout } = await fjmcp("audit", "--since", "2 days ago", "--until", "today", "--json");
  t.equal(stdout.trim().split("\n").length, (await events()).length);
  t.equal(
    programs.calls().at(-1),
    "journalctl --output=cat --no-pager --unit=fjmcp-auth.service --unit=fjmcp-session.service --since=2 days ago --until=today",
  );
});

t.test("an event that names its grant alone is that of the grant's user", async (t) => {
  const lines = [
    {
      time: "2026-11-26T03:00:00.000Z",
      event: "login.completed",
      accountId: "7",
      clientRef: "a".repeat(12),
      grantId: "g",
    },
    {
      time: "2026-11-26T03:00:00.500Z",
      event: "token_request.rejected",
      accountId: "7",
      clientRef: "b".repeat(12),
      grantId: "g",
    },
    { time: "2026-11-26T03:00:01.000Z", event: "grant.narrowed", grantId: "g", scopes: ["forgejo:read"] },
    { time: "2026-11-26T03:00:02.000Z", event: "grant.narrowed", grantId: "other" },
  ];
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  t.same(
    (await events("--user", "7")).map(({ event }) => event),
    ["login.completed", "token_request.rejected", "grant.narrowed"],
  );
  t.same(
    (await events("--client", "a".repeat(12))).map(({ event }) => event),
    ["login.completed", "grant.narrowed"],
    "another client that presents its token does not become its owner",
  );
});

t.test("shows lines with any time as it is, and none of their control characters", async (t) => {
  const times = [1e20, "yesterday\u001b\u0007", null, "2026-11-26T03:00:00.000Z"];
  const lines = times.map((time) => JSON.stringify({ time, event: "grant.renamed", grantId: "g" }));
  writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
  const shown = await audit();
  const rows = shown.split("\n").filter((line) => line.includes("grant.renamed"));
  t.same(
    rows.map((row) => row.slice(0, row.indexOf("  "))),
    ["100000000000000000000", "yesterday", "-", "2026-11-26 03:00:00"],
  );
  t.notMatch(shown, "\u001b");
});

t.test(
  "each event of the connections and of grants is one of the audit, and each of the audit is documented",
  async (t) => {
    const document = readFileSync(join(projectRoot, "docs/reference/log-events.md"), "utf8");
    const documented = [...document.matchAll(/^\| `([a-z_.]+)`/gm)].map(([, event]) => event!);
    const ofAccess = /^(client|login|code|tokens|personal_token|grant|connections|session|tool_call|call)\./;
    const operational = ["connections.form_rejected"];
    t.same(
      documented.filter((event) => ofAccess.test(event) && !auditEvents.has(event)),
      operational,
    );
    t.same(
      [...auditEvents].filter((event) => !documented.includes(event)),
      [],
    );
  },
);

t.test("says what it cannot use", async (t) => {
  t.match(await fjmcp("audit", "--event", "grant.revokd"), { code: 64, stderr: /no audit event/ });
  for (const command of ["audit", "logs"])
    t.match(await fjmcp(command, "--user", "alice"), {
      code: 64,
      stderr: /It must be an id, as `fjmcp users`/,
    });
  t.match(await fjmcp("audit", "--file", "/nonexistent"), { code: 66, stderr: /cannot be read/ });
  t.match(await fjmcp("audit", "--file", file, "--since", "2 days ago"), {
    code: 64,
    stderr: /date and a time/,
  });
  programs.write("journalctl", "exit 1");
  t.match(await fjmcp("audit"), { code: 69, stderr: /systemd-journal/ });
});

t.test("every audit event is in the reference", async (t) => {
  const reference = readFileSync(join(projectRoot, "docs/reference/log-events.md"), "utf8");
  for (const event of auditEvents) t.ok(reference.includes(`\n| \`${event}\``), event);
});
