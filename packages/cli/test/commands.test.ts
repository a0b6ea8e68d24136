import { existsSync } from "node:fs";
import t from "tap";
import { startSandboxForgejo } from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { sandboxAccess } from "@fjmcp/testkit/stack/sandbox-access";
import { startStack } from "@fjmcp/testkit/stack/stack";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { version } from "@fjmcp/shared/version";
import { connectedClient } from "./support/connected-client.ts";
import { runCli } from "./support/run-cli.ts";
import { runInTerminal } from "./support/run-in-terminal.ts";
import { stubPrograms } from "./support/stub-programs.ts";

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());
const stack = await startStack({ forgejo: sandboxAccess(forgejo) });
t.teardown(() => stack.close());
const programs = stubPrograms(temporaryDirectory(t));

const fjmcp = (...args: string[]) => runCli(args, programs);
const withSocket = (...args: string[]) => fjmcp(...args, "--socket", stack.sockets.admin);

const connect = (clientName: string) => connectedClient(t, stack.mcpUrl, forgejo.users[0]!, clientName);

interface Listed {
  users: { accountId: string; login: string }[];
  clients: { clientRef: string; name: string }[];
  sessions: { sessionRef: string }[];
  workers: { pid: number }[];
}
async function list<Things extends keyof Listed>(things: Things): Promise<Listed[Things]> {
  return ((await withSocket(things, "--json")).json as Listed)[things];
}

t.test("reports health and versions", async (t) => {
  const status = await withSocket("status");
  t.equal(status.code, 0);
  t.match(status.stdout, /auth-server → Redis +ok/);
  t.match(status.stdout, /session-daemon → Forgejo +ok/);
  t.match((await withSocket("status", "--json")).json, { authServer: { issuer: stack.issuer } });
  t.match((await withSocket("version")).stdout, `session-daemon ${version}`);
});

t.test("lists what a user has, and ends a worker and a session", async (t) => {
  t.equal((await withSocket("users")).stdout, "There are no users.\n");
  const { whoAmI } = await connect("First client");
  const { name } = forgejo.users[0]!;
  t.match((await withSocket("users")).stdout, new RegExp(`^ID +LOGIN .*\\n\\d+ +${name} +1 +1 +20`));
  t.match(
    (await withSocket("clients", "list")).stdout,
    /First client +127\.0\.0\.1:33418 +1 .* read, write +default/,
  );
  t.match(
    (await withSocket("sessions")).stdout,
    new RegExp(
      `^[0-9a-f]{12} +${name} \\(\\d+\\) +First client +fjmcp-testkit 1\\.0\\.0 +2025-11-25 +20`,
      "m",
    ),
  );
  const [worker] = await list("workers");
  t.match(
    (await withSocket("workers")).stdout,
    new RegExp(`^${worker!.pid} +${name} \\(\\d+\\) +First client +idle`, "m"),
  );

  const unconfirmed = await withSocket("workers", "end", String(worker!.pid));
  t.equal(unconfirmed.code, 64);
  t.match(unconfirmed.stderr, "Give --yes.");
  t.equal((await withSocket("workers", "end", String(worker!.pid), "--yes")).code, 0);
  t.notOk(existsSync(`/proc/${worker!.pid}`));
  await whoAmI();
  t.equal((await withSocket("workers", "end", "1", "-y")).code, 66);

  const [session] = await list("sessions");
  t.equal((await withSocket("sessions", "end", session!.sessionRef, "-y")).code, 0);
  t.equal((await withSocket("sessions", "end", session!.sessionRef, "-y")).code, 66);
});

t.test("the end of input at a question ends the command as Ctrl-C does", async (t) => {
  const [user] = await list("users");
  for (const key of ["\u0003", "\u0004"]) {
    const { output, code } = await runInTerminal(
      ["users", "end", user!.accountId, "--socket", stack.sockets.admin],
      { until: (text) => text.includes("(y/N)"), keys: key },
    );
    t.equal(code, 130);
    t.notMatch(output, /Warning|await/);
    t.match(output, /\(y\/N\).*\r\n/, "the shell goes on at a new line");
    t.ok(output.includes("\u001B[?25h"), "the cursor is back");
  }
  t.equal((await list("users")).length, 1, "nothing was ended");
});

t.test("selects the connections of a user by id or login name", async (t) => {
  await connect("Selected client");
  const [user] = await list("users");
  const other = "No connected user has the id or login name stranger.";
  for (const things of ["clients", "sessions", "workers"] as const) {
    for (const name of [user!.accountId, user!.login, user!.login.toUpperCase()])
      t.match((await withSocket(things, "--user", name)).stdout, "Selected client", `${things} of ${name}`);
    t.match(await withSocket(things, "--user", "stranger"), { code: 66, stdout: "", stderr: other });
  }
  const { clientRef } = (await list("clients")).find(({ name }) => name === "Selected client")!;
  const end = (name: string) => withSocket("clients", "end", clientRef, "--user", name, "--yes");
  t.match(await end("stranger"), { code: 66, stderr: other });
  t.match(await end(user!.login), { code: 0, stdout: `Ended 1 connection of client ${clientRef}.` });
});

t.test("ends a client for a user, or all users, and never silently both", async (t) => {
  const { whoAmI } = await connect("Second client");
  const [user] = await list("users");
  const client = (await list("clients")).find(({ name }) => name === "Second client")!;
  const unsaid = await withSocket("clients", "end", client.clientRef, "-y");
  t.equal(unsaid.code, 64);
  t.match(unsaid.stderr, "Give either --user <user> or --all-users.");
  const end = () => withSocket("clients", "end", client.clientRef, "--user", user!.accountId, "-y", "--json");
  t.match((await end()).json, { clientRef: client.clientRef, grants: 1 });
  await t.rejects(whoAmI());
  t.equal((await end()).code, 66);
});

t.test("disconnects a user by login name: grants, tokens and processes", async (t) => {
  await connect("Third client");
  const workers = await list("workers");
  const { name } = forgejo.users[0]!;
  t.match(
    (await withSocket("users", "end", name.toUpperCase(), "--yes")).stdout,
    /^Ended \d connections? of /,
  );
  for (const { pid } of workers)
    await waitUntil("the worker should be gone", () => !existsSync(`/proc/${pid}`));
  t.same(await list("users"), []);
  t.equal((await withSocket("users", "end", name, "--yes")).code, 66);
});

t.test("ends nothing for a login name that two users have, as after a rename in Forgejo", async (t) => {
  const [first, second] = forgejo.users;
  const { name } = first!;
  await connect("Renamed user's client");
  forgejo.controls.rename(name, "renamed");
  forgejo.controls.rename(second!.name, name);
  await connectedClient(t, stack.mcpUrl, { ...second!, name }, "Name's new user's client");
  const ids = (await list("users")).map(({ accountId }) => accountId);
  t.equal(ids.length, 2);
  t.match(await withSocket("users", "end", name, "--yes"), {
    code: 64,
    stdout: "",
    stderr: `2 users have the login name ${name}, as far as is known here (id ${ids[0]}, id ${ids[1]}).`,
  });
  t.match(await withSocket("clients", "--user", name), { code: 64, stderr: "Name the user by the id." });
  t.equal((await list("users")).length, 2);
  for (const id of ids) t.equal((await withSocket("users", "end", id, "--yes")).code, 0);
});

t.test("an empty value, or one that no daemon accepts, is an error of its caller", async (t) => {
  for (const args of [
    ["users", "end", ""],
    ["sessions", "end", ""],
    ["clients", "end", "", "--user", "1", "--yes"],
    ["clients", "end", "x", "--user", "", "--yes"],
    ["sessions", "--user="],
    ["tokens", "revoke", "", "--yes"],
    ["explain", ""],
    ["logs", "--reference", ""],
  ])
    t.match(
      await withSocket(...args),
      { code: 64, stderr: /^error: .* is invalid.* It must not be empty\.\n/ },
      args.join(" "),
    );
  for (const args of [["explain"], ["users", "end"], ["sessions", "--user"]])
    t.match(
      await withSocket(...args, "x".repeat(5000)),
      { code: 64, stderr: /It must be an id or a login name, of at most 100 characters\.\n/ },
      args.join(" "),
    );
  t.match(await withSocket("sessions", "end", "x".repeat(20_000), "--yes"), {
    code: 64,
    stderr: /The auth-server does not accept what was given \(status 413\)/,
  });
});

t.test("says what to do when a daemon does not respond", async (t) => {
  const away = await fjmcp("status", "--root", temporaryDirectory(t));
  t.equal(away.code, 69);
  t.match(await fjmcp("version", "--root", temporaryDirectory(t)), {
    code: 0,
    stdout: "auth-server unknown\nsession-daemon unknown",
    stderr: "fjmcp: The auth-server does not respond on",
  });
  t.match(away.stderr, /does not respond on .*\/run\/fjmcp\/auth-admin\/admin\.sock .*\nStart it with/s);
  const hold = stack.keepDown("sessionDaemon");
  await stack.sessionDaemon.kill("SIGKILL");
  const sessions = await withSocket("sessions");
  t.equal(sessions.code, 69);
  t.match(sessions.stderr, /session-daemon does not respond/);
  t.match(await withSocket("version"), {
    code: 0,
    stdout: `auth-server ${version}\nsession-daemon unknown`,
    stderr: "fjmcp: the session-daemon does not respond",
  });
  t.equal((await withSocket("status")).code, 1);
  hold.release();
});
