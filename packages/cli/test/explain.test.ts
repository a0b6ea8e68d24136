import { startSandboxForgejo } from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { connectMcpClient } from "@fjmcp/testkit/mcp-client/connect-mcp-client";
import { MemoryOAuthProvider } from "@fjmcp/testkit/mcp-client/memory-oauth-provider";
import { RecordingFetch } from "@fjmcp/testkit/mcp-client/recording-fetch";
import { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import { sandboxAccess } from "@fjmcp/testkit/stack/sandbox-access";
import { startStack } from "@fjmcp/testkit/stack/stack";
import { explainUsersResponse, revocationReasons, type ExplainedUser } from "@fjmcp/shared/ipc/explain";
import t from "tap";
import { explanationOf } from "../src/explain/event-sentences.ts";
import { explainText } from "../src/explain/explain-text.ts";
import { runCli } from "./support/run-cli.ts";

const redirectUrl = "http://127.0.0.1:33418/callback";
const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());
const stack = await startStack({ forgejo: sandboxAccess(forgejo) });
t.teardown(() => stack.close());
const fjmcp = (...args: string[]) => runCli([...args, "--socket", stack.sockets.admin]);

async function connect(): Promise<void> {
  const user = new ScriptedUser(forgejo.users[1]!);
  const { client } = await connectMcpClient({
    mcpUrl: stack.mcpUrl,
    provider: new MemoryOAuthProvider({ redirectUrl, clientName: "Editor" }),
    recording: new RecordingFetch(),
    signIn: (url) => user.signInAndAllow(url, { stopAt: redirectUrl }),
  });
  await client.close();
}

t.test("says how a connected user is, by id and by login", async (t) => {
  await connect();
  for (const name of ["bob", "BOB", "2"]) {
    const { code, stdout, stderr } = await fjmcp("explain", name);
    t.equal(code, 0, stderr);
    t.match(stdout, /^bob \(id 2\)/);
    t.match(stdout, /Forgejo lets the user in, and the user may sign in here/);
    t.match(stdout, /Editor \([\da-f]{12}\): reads and writes, since/);
    t.match(stdout, /Editor \([\da-f]{12}\): The user connected it/);
  }
});

t.test("says what a suspension is, in Forgejo's words, and ends nothing by asking", async (t) => {
  forgejo.controls.prohibit("bob", true);
  t.match((await fjmcp("explain", "bob")).stdout, /“.*prohibited from signing in.*” Calls fail/);
  forgejo.controls.prohibit("bob", false);
  forgejo.controls.revokeGrant("bob", stack.forgejo.clientId);
  const { stdout } = await fjmcp("explain", "bob");
  t.match(stdout, /Forgejo does not accept the stored token/);
  t.match(stdout, /Editor \([\da-f]{12}\): reads and writes/, "the connection is still there");
});

t.test("says why a user was signed out once nothing is left of the account, and what to do", async (t) => {
  await fjmcp("users", "end", "bob", "--yes");
  const { stdout } = await fjmcp("explain", "bob");
  t.match(stdout, /No Forgejo tokens are stored/);
  t.match(stdout, /There is no connection/);
  t.match(stdout, /\d{4}-\d\d-\d\d \d\d:\d\d {2}Editor \([\da-f]{12}\): An administrator ended it/);
  t.match(stdout, /→ `fjmcp audit --event access.ended`/);
  const json = JSON.parse((await fjmcp("explain", "bob", "--json")).stdout) as unknown;
  const [user] = explainUsersResponse.parse(json).users;
  t.match(user, { accountId: "2", login: "bob", state: { status: "no_tokens" }, grants: [] });
  t.match(user!.events[0], { kind: "ended", reason: "administrator", clientName: "Editor" });
});

t.test("names a connection that has ended without a record", async (t) => {
  const clientRef = "0123456789ab" as never;
  const of = { clientRef, clientName: "Editor", isPersonalToken: false } as const;
  const grant = { ...of, grantId: "g", scopes: ["forgejo:read" as const], createdAtSec: 2 };
  const made = { kind: "connected", atMs: 2_000, ...of } as const;
  const ended = { kind: "ended", atMs: 3_000, ...of, reason: "disconnected" } as const;
  const text = (grants: number, ...events: ExplainedUser["events"]) =>
    explainText({
      accountId: "2",
      state: { status: "no_tokens" },
      grants: Array.from({ length: grants }, () => grant),
      events,
    });
  const unrecorded =
    /Editor \(0123456789ab\): ended without a record\. It was not used for too long, or had expired/;
  t.match(text(0, made), unrecorded);
  t.match(text(1, made, made), unrecorded, "another one of the client lives");
  t.match(text(0, made, ended, made), unrecorded, "an earlier one was ended");
  t.notMatch(text(1, made), unrecorded);
  t.notMatch(text(0, ended, made), unrecorded);
  t.notMatch(text(1, made, ended, made), unrecorded);
  t.notMatch(text(0, ended), unrecorded, "its beginning is no longer recorded");
});

t.test("names device codes where a code was presented again", (t) => {
  const of = { clientRef: "0123456789ab" as never, isPersonalToken: false } as const;
  const { what } = explanationOf({ kind: "ended", atMs: 1, ...of, reason: "code_replay" });
  t.match(what, /a copied URL or device code/);
  t.end();
});

t.test("fails for a user that it does not know", async (t) => {
  const unknown = { code: 66, stderr: /No user with the id or login name stranger/ };
  t.match(await fjmcp("explain", "stranger"), { ...unknown, stdout: "" });
  t.match(await fjmcp("explain", "stranger", "--json"), { ...unknown, json: { users: [] } });
});

t.test("has a sentence for each reason", async (t) => {
  for (const reason of revocationReasons) {
    const clientRef = "0123456789ab" as never;
    const { what } = explanationOf({ kind: "ended", atMs: 0, clientRef, isPersonalToken: false, reason });
    t.match(what, /\.$/, reason);
  }
});
