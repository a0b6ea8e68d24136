import { listUsersResponse } from "@fjmcp/shared/ipc/admin";
import { listSessionsResponse, listWorkersResponse } from "@fjmcp/shared/ipc/control";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import t from "tap";
import { startSandboxForgejo } from "../../src/forgejo/sandbox-forgejo.ts";
import { connectMcpClient } from "../../src/mcp-client/connect-mcp-client.ts";
import { request } from "../../src/mcp-client/http-client.ts";
import { MemoryOAuthProvider } from "../../src/mcp-client/memory-oauth-provider.ts";
import { RecordingFetch } from "../../src/mcp-client/recording-fetch.ts";
import { isRunning } from "../../src/process/process-children.ts";
import { waitUntil } from "../../src/process/wait-until.ts";
import type { Page } from "../../src/scripted-user/page.ts";
import { ScriptedUser } from "../../src/scripted-user/scripted-user.ts";
import { sandboxAccess } from "../../src/stack/sandbox-access.ts";
import { startStack } from "../../src/stack/stack.ts";

const redirectUrl = "http://127.0.0.1:33418/callback";

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());
const stack = await startStack({ forgejo: sandboxAccess(forgejo) });
t.teardown(() => stack.close());
const [alice, bob] = forgejo.users;
const user = new ScriptedUser(bob!);
const list = `${stack.issuer}/connections`;

async function connect(browser = user) {
  const { client, transport } = await connectMcpClient({
    mcpUrl: stack.mcpUrl,
    provider: new MemoryOAuthProvider({ redirectUrl, clientName: "Test client" }),
    recording: new RecordingFetch(),
    signIn: (url) => browser.signInAndAllow(url, { stopAt: redirectUrl }),
  });
  t.teardown(() => client.close());
  return { client, transport };
}

async function signIn(browser = user, { name, password } = bob!): Promise<Page> {
  const page = await (await browser.visit(list)).submit({ button: "Sign in with Forgejo" });
  if (page.form({ field: "password" }) === undefined) return page;
  return page.submit({ fields: { user_name: name, password } });
}

const pathsOf = ({ html }: Page) =>
  [...html.matchAll(/href="(\/connections\/grants\/[^"]+)"/g)].map(([, path]) => path!);
const control = async (path: string) =>
  (await request({ socketPath: stack.sockets.control }, { method: "GET", path })).json;
const workers = async () => listWorkersResponse.parse(await control("/workers")).workers;
const sessions = async () => listSessionsResponse.parse(await control("/sessions")).sessions;

t.test("a user sees what a client does, narrows it and ends it, while another goes on", async (t) => {
  const [one, other] = [await connect(), await connect()];
  for (const { client } of [one, other])
    await client.callTool({ name: "user__get_my_userinfo", arguments: {} });
  const page = await signIn();
  t.match(page.text, /Read and write · Used .+ · 1 open session/);
  t.equal(pathsOf(page).length, 2);

  const [path] = pathsOf(page);
  const grantId = path!.split("/").at(-1);
  const before = await one.client.listTools();
  const narrowed = await (
    await user.visit(stack.issuer + path)
  ).submit({ button: "Save", fields: { access: "read" } });
  t.match(narrowed.text, /It may do less from now on/);
  const lists = await Promise.all([one, other].map(({ client }) => client.listTools()));
  const lengths = lists.map(({ tools }) => tools.length).toSorted((a, b) => a - b);
  t.ok(lengths[0]! < lengths[1]!, "one of them lost its tools that write");
  t.equal(lengths[1], before.tools.length);

  const [narrowedOne, kept] = lists[0]!.tools.length === lengths[0] ? [one, other] : [other, one];
  await t.rejects(narrowedOne.client.callTool({ name: "issue__create", arguments: {} }), {
    message: new RegExp(`allowed to read only.*${list}`),
  });

  const pids = (await workers()).filter((worker) => worker.grantId === grantId).map(({ pid }) => pid);
  t.equal(pids.length, 1);
  const ended = await (await user.visit(stack.issuer + path)).submit({ button: "Disconnect" });
  t.match(ended.text, /Its access has ended/);
  for (const pid of pids) t.notOk(isRunning(pid), "its process ended before the page was shown");
  t.same(
    (await sessions()).filter((session) => session.grantId === grantId),
    [],
  );
  await t.rejects(narrowedOne.client.listTools());
  t.ok((await kept.client.listTools()).tools.length > 0);
  t.equal(pathsOf(await user.visit(list)).length, 1);
});

t.test("the program with a personal token that only reads is not asked to request more", async (t) => {
  const browser = new ScriptedUser(alice!);
  // Forgejo asks for consent once.
  await connect(browser);
  await signIn(browser, alice);
  const form = await browser.visit(`${list}/new-token`);
  const fields = { name: "nightly-ci", days: "30", access: "read" };
  const { html } = await form.submit({ button: "Create the token", fields });
  const client = new Client({ name: "nightly-ci", version: "1.0.0" });
  const authorization = `Bearer ${/fjmcp_pat_\w+/.exec(html)![0]}`;
  const transport = new StreamableHTTPClientTransport(new URL(stack.mcpUrl), {
    requestInit: { headers: { authorization } },
  });
  await client.connect(transport);
  t.teardown(() => client.close());
  await client.callTool({ name: "user__get_my_userinfo", arguments: {} });
  await t.rejects(client.callTool({ name: "issue__create", arguments: {} }), {
    code: -32602,
    message: new RegExp(`allowed to read only.*${list}`),
  });
});

t.test("a stop of the session-daemon reports the last use, with the tools that were called", async (t) => {
  const { client } = await connect();
  for (const name of ["repo__list_my", "user__get_my_userinfo"])
    await client.callTool({ name, arguments: {} });
  await t.rejects(client.callTool({ name: "made_up_by_the_client", arguments: {} }));
  await stack.sessionDaemon.kill("SIGTERM");
  const [path] = pathsOf(await user.visit(list));
  const page = await user.visit(stack.issuer + path);
  t.match(page.text, /Last tools\s+user__get_my_userinfo\s+repo__list_my\s+Open sessions/);
});

t.test("the last use is recorded some seconds after a call, without another token", async () => {
  const { client } = await connect();
  const usedAt = async () => {
    const { json } = await request({ socketPath: stack.sockets.admin }, { method: "GET", path: "/users" });
    return listUsersResponse.parse(json).users[0]?.lastUsedAtSec;
  };
  const first = await usedAt();
  await waitUntil(
    "a later use is recorded",
    async () => {
      await client.listTools();
      return (await usedAt()) !== first;
    },
    { timeoutMs: 90_000, intervalMs: 500 },
  );
});
