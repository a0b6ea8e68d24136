import { readFile } from "node:fs/promises";
import { startSandboxForgejo } from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import { sandboxAccess } from "@fjmcp/testkit/stack/sandbox-access";
import { startStack } from "@fjmcp/testkit/stack/stack";
import t from "tap";
import { runCli } from "./support/run-cli.ts";

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());
const stack = await startStack({ forgejo: sandboxAccess(forgejo) });
t.teardown(() => stack.close());
const fjmcp = (...args: string[]) => runCli(["tokens", ...args, "--socket", stack.sockets.admin]);

/** Runs `create`; its user opens the link that it prints, and allows or denies. */
async function create(consent: "allow" | "deny", ...args: string[]) {
  const link = Promise.withResolvers<string>();
  const running = runCli(["tokens", "create", ...args, "--socket", stack.sockets.admin], {
    onStderr: (text) => {
      const found = /http:\S+\/device\?user_code=\S+/.exec(text)?.[0];
      if (found !== undefined) link.resolve(found);
    },
  });
  const user = new ScriptedUser(forgejo.users[0]!);
  const consentPage = await (await user.visit(await link.promise)).confirm("Continue");
  if (consent === "deny") await consentPage.submit({ button: "Deny" });
  else {
    const { pathname } = consentPage.url;
    await user.signInAndAllow(consentPage.url, { stopAt: (url) => url.pathname === pathname });
  }
  return running;
}

/** A call of a program that has nothing but the token. */
async function initialize(token: string): Promise<number> {
  const { status } = await fetch(stack.mcpUrl, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "ci", version: "1" } },
    }),
  });
  return status;
}

t.test("creates a token that its user confirms, lists and revokes it", async (t) => {
  const created = await create("allow", "--name", "nightly", "--expires", "30", "--read-only");
  t.equal(created.code, 0, created.stderr);
  t.match(created.stderr, "Compare the code there");
  t.match(created.stdout, /^fjmcp_pat_\w{42}\n$/);
  const token = created.stdout.trim();
  t.equal(await initialize(token), 200);

  const { stdout } = await fjmcp("list");
  t.match(stdout, /nightly +read +default +20\d\d-/);
  const id = stdout.split("\n")[1]!.split(" ")[0]!;
  t.equal((await fjmcp("--user", forgejo.users[0]!.name)).stdout, stdout);
  t.equal((await fjmcp("--user", forgejo.users[1]!.name)).code, 66);
  t.equal((await fjmcp("revoke", id)).code, 64, "asks first");
  t.match((await fjmcp("revoke", id, "--yes")).stdout, "Revoked the personal token");
  t.equal((await fjmcp("revoke", id, "--yes")).code, 66);
  t.equal(await initialize(token), 401);
  t.equal((await fjmcp()).stdout, "There are no tokens.\n");

  for (const { logFile } of [stack.authServer, stack.sessionDaemon]) {
    const log = await readFile(logFile, "utf8");
    t.notMatch(log, token);
    t.notMatch(log, "fjmcp_pat_");
  }
});

t.test("revokes a token that leaked by its value, which no log has", async (t) => {
  const { stdout: token } = await create("allow", "--name", "leaked");
  const revoke = (input: string) =>
    runCli(["tokens", "revoke", "-", "--socket", stack.sockets.admin], { input });
  t.equal((await revoke("fjmcp_pat_other")).code, 66);
  t.equal(await initialize(token.trim()), 200);
  t.match((await revoke(token)).stdout, "Revoked the personal token with this value.");
  t.equal(await initialize(token.trim()), 401);
  t.notMatch(await readFile(stack.authServer.logFile, "utf8"), token.trim());
});

t.test("an id that begins with a hyphen, as one in 64 does, is no option", async (t) => {
  const id = `-${"aB3-_xyz".repeat(6).slice(0, 42)}`;
  for (const args of [
    ["revoke", id, "--yes"],
    ["revoke", "--yes", id],
  ]) {
    const { code, stderr } = await fjmcp(...args);
    t.equal(code, 66, args.join(" "));
    t.match(stderr, "fjmcp tokens");
  }
  t.match(await fjmcp("revoke", "-a", "--yes"), { code: 64, stderr: /unknown option '-a'/ });
});

t.test("prints JSON for programs", async (t) => {
  const created = await create("allow", "--json");
  t.match(created.json, { token: /^fjmcp_pat_/, name: "fjmcp tokens create", expiresAtSec: Number });
});

t.test("creates nothing that its user denies, or that is out of bounds", async (t) => {
  const denied = await create("deny");
  t.equal(denied.code, 130);
  t.equal(denied.stdout, "");
  t.match(denied.stderr, "No token was created. You did not allow");
  for (const args of [
    ["--expires", "366"],
    ["--expires", "0"],
    ["--toolsets", "issues,none"],
    ["--name", ""],
  ])
    t.equal((await fjmcp("create", ...args)).code, 64, args.join(" "));
});
