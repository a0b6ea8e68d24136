import { mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Redis } from "ioredis";
import t from "tap";
import { startSandboxForgejo } from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { ScriptedOAuthClient } from "@fjmcp/testkit/oauth-client/scripted-oauth-client";
import { request } from "@fjmcp/testkit/mcp-client/http-client";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import { sandboxAccess } from "@fjmcp/testkit/stack/sandbox-access";
import { startStack } from "@fjmcp/testkit/stack/stack";
import { adminWorkersResponse, listKeysResponse } from "@fjmcp/shared/ipc/admin";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { runCli } from "./support/run-cli.ts";
import { stubPrograms } from "./support/stub-programs.ts";

const root = temporaryDirectory(t);
const credentials = join(root, "etc/fjmcp/credentials");
mkdirSync(credentials, { recursive: true, mode: 0o700 });
const file = (kind: string) => join(credentials, `${kind}-key`);
for (const kind of ["vault", "cookie", "derivation"])
  writeFileSync(file(kind), `${randomBytes(48).toString("base64url")}\n`, { mode: 0o600 });

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());
const stack = await startStack({
  forgejo: sandboxAccess(forgejo),
  authServer: {
    FJMCP_VAULT_KEY_FILE: file("vault"),
    FJMCP_COOKIE_KEY_FILE: file("cookie"),
    FJMCP_DERIVATION_KEY_FILE: file("derivation"),
  },
});
t.teardown(() => stack.close());
const programs = stubPrograms(temporaryDirectory(t));
const fjmcp = (...args: string[]) =>
  runCli([...args, "--root", root, "--socket", stack.sockets.admin], programs);

const admin = { socketPath: stack.sockets.admin };
const keys = async () =>
  listKeysResponse.parse((await request(admin, { method: "GET", path: "/keys" })).json).keys;
const linesOf = (kind: string) => readFileSync(file(kind), "utf8").trimEnd().split("\n");

async function restart(): Promise<void> {
  const before = stack.authServer.pid;
  await stack.authServer.kill("SIGTERM");
  const isBack = async () => stack.authServer.pid !== before && (await keys()).length > 0;
  await waitUntil("the auth-server should be back", isBack, { timeoutMs: 60_000 });
}

const vaultRenewed = () =>
  waitUntil("the vault should be encrypted anew", async () => {
    const uses = (await keys()).filter(({ kind }) => kind === "vault").map((key) => key.uses);
    return uses[0] === 1 && uses[1] === 0;
  });

const client = await ScriptedOAuthClient.register(stack.mcpUrl);
const newUser = () => new ScriptedUser(forgejo.users[0]!);
const stopAt = client.redirectUri;
const attempt = client.authorize();
const back = await newUser().signInAndAllow(attempt.url, { stopAt });
let tokens = (await client.exchange(attempt, back.searchParams.get("code")!)).body;
let sessionId = "";

/** A call in the one session, by a worker that is started for it. */
async function callInSession(): Promise<{ status: number; text: string }> {
  const post = async (method: string, params: object) => {
    const response = await fetch(stack.mcpUrl, {
      method: "POST",
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      headers: {
        authorization: `Bearer ${String(tokens.access_token)}`,
        accept: "application/json, text/event-stream",
        "content-type": "application/json",
        ...(sessionId !== "" && { "mcp-session-id": sessionId }),
      },
    });
    sessionId ||= response.headers.get("mcp-session-id") ?? "";
    return { status: response.status, text: await response.text() };
  };
  if (sessionId === "") {
    const clientInfo = { name: "test", version: "1" };
    await post("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo });
  }
  const { json } = await request(admin, { method: "GET", path: "/workers" });
  const passed = adminWorkersResponse.parse(json);
  if (passed.status !== "ok") throw new Error(passed.reason);
  for (const { pid } of passed.response.workers)
    await request(admin, {
      path: "/workers/end",
      headers: { "content-type": "application/json" },
      body: `{"pid":${pid}}`,
    });
  return post("tools/call", { name: "user__get_my_userinfo", arguments: {} });
}

/** Two logins in progress: one at the open consent page, one at Forgejo. Both end with a code. */
async function startLogins() {
  const [reader, writer] = [newUser(), newUser()];
  const attempts = [client.authorize(), client.authorize()] as const;
  const page = await reader.visit(attempts[0].url);
  const atForgejo = (url: URL) => url.origin === new URL(forgejo.url).origin;
  const allowed = await (await writer.visit(attempts[1].url, { stopAt: atForgejo })).confirm("Allow", {});
  return async () => {
    const first = await reader.signInAndAllow(page.url, { stopAt });
    const second = await writer.signInAndAllow(allowed.externalRedirect!, { stopAt });
    return Promise.all(
      [first, second].map(async (url, index) => {
        const { status } = await client.exchange(attempts[index]!, url.searchParams.get("code")!);
        return status;
      }),
    );
  };
}

for (const [name, ring] of [
  ["cookie", "cookie"],
  ["vault", "vault"],
  ["client-id", "derivation"],
] as const) {
  t.test(`a rotation of the ${name} key signs no user out`, async (t) => {
    t.match(await callInSession(), { status: 200, text: /alice/ });
    const session = sessionId;
    const before = (await keys()).find(({ kind, isCurrent }) => kind === ring && isCurrent)!;
    const finishLogins = await startLogins();

    t.match(await fjmcp("keys", "rotate", name), {
      code: 0,
      stdout: new RegExp(`The ${ring} key is a new one`),
    });
    t.equal(linesOf(ring).length, 2);
    t.equal(statSync(file(ring)).mode & 0o777, 0o600);
    await restart();

    const after = (await keys()).filter(({ kind }) => kind === ring);
    t.not(after[0]!.id, before.id);
    t.match(after[1], { id: before.id, isCurrent: false });
    const refreshed = await client.refresh(String(tokens.refresh_token));
    t.equal(refreshed.status, 200, "the refresh and the client's id");
    tokens = refreshed.body;
    t.same(await finishLogins(), [200, 200], "the logins in progress");
    t.match(await callInSession(), { status: 200, text: /alice/ }, "the session and the vaulted token");
    t.equal(sessionId, session);
  });
}

t.test("an earlier key is dropped only when nothing needs it", async (t) => {
  t.match(
    (await fjmcp("keys", "rotate", "vault", "--prune")).stdout,
    /kept, logins in progress.*\nNo key was dropped/,
  );
  t.equal(linesOf("vault").length, 2);
  const longAgo = new Date(Date.now() - 2 * 3600_000);
  for (const kind of ["vault", "cookie", "derivation"]) utimesSync(file(kind), longAgo, longAgo);
  await vaultRenewed();
  const { stdout } = await fjmcp("keys", "rotate", "--prune");
  t.match(
    stdout,
    /cookie [0-9a-f]{4}: dropped\nvault [0-9a-f]{16}: dropped\nderivation [0-9a-f]{4}: kept, \d records need it/,
  );
  t.same(
    ["cookie", "vault", "derivation"].map((kind) => linesOf(kind).length),
    [1, 1, 2],
  );
  await restart();
  t.match(await callInSession(), { status: 200, text: /alice/ });
  const refreshed = await client.refresh(String(tokens.refresh_token));
  t.equal(refreshed.status, 200);
});

t.test("drops no key while the file has other keys than the running auth-server", async (t) => {
  t.equal((await fjmcp("keys", "rotate", "vault")).code, 0);
  t.equal((await fjmcp("keys", "rotate", "cookie")).code, 0);
  const before = ["vault", "cookie"].map(linesOf);
  const longAgo = new Date(Date.now() - 2 * 3600_000);
  for (const kind of ["vault", "cookie"]) utimesSync(file(kind), longAgo, longAgo);
  for (const kind of ["vault", "cookie"])
    t.match(await fjmcp("keys", "rotate", kind, "--prune"), {
      code: 78,
      stderr: /runs with another .* key.*\n.*restart auth/,
    });
  t.same(["vault", "cookie"].map(linesOf), before);
  await restart();
  t.match(await callInSession(), { status: 200, text: /alice/ });
});

t.test("a vault key removed by hand is a fault of the installation, not a sign-out", async (t) => {
  const redis = new Redis(stack.redis.unrestricted);
  t.teardown(() => redis.disconnect());
  const [record = ""] = await redis.keys("upstream:*");
  t.equal((await fjmcp("keys", "rotate", "vault")).code, 0);
  // As if the renewal of the encryption had not come to this record.
  const ciphertext = (await redis.hget(record, "ciphertext"))!;
  const [current, previous] = (await keys()).filter(({ kind }) => kind === "vault");
  const neededId = current!.uses === 1 ? current!.id : previous!.id;
  const complete = readFileSync(file("vault"), "utf8");
  await restart();
  await vaultRenewed();
  await redis.hset(record, { ciphertext });
  const [added] = linesOf("vault");
  writeFileSync(file("vault"), `${added}\n`);
  await restart();

  t.match(await callInSession(), { status: 200, text: /key .* is missing.*administrator/ });
  const doctor = await fjmcp("doctor", "--private", "--json");
  t.match(doctor.stdout, new RegExp(`FJMCP_VAULT_KEY_FILE.*${neededId} \\(1\\).*Put it back`));
  const refreshed = await client.refresh(String(tokens.refresh_token));
  t.equal(refreshed.status, 200);
  tokens = refreshed.body;

  writeFileSync(file("vault"), complete);
  await restart();
  // Until the session-daemon asks again.
  await waitUntil("calls should work again", async () => (await callInSession()).text.includes("alice"));
});

t.test("no key of commands that run at once is lost", async (t) => {
  const before = ["vault", "cookie"].map(linesOf);
  const rotations = ["vault", "vault", "all", "cookie"].map((kind) => fjmcp("keys", "rotate", kind));
  for (const { code } of await Promise.all(rotations)) t.equal(code, 0);
  for (const [index, kind] of ["vault", "cookie"].entries()) {
    const after = linesOf(kind);
    t.equal(new Set(after).size, before[index]!.length + (kind === "vault" ? 3 : 2));
    t.same(after.slice(-before[index]!.length), before[index]);
  }
});

t.test("lists keys by their ids, and never a key", async (t) => {
  const { stdout } = await fjmcp("keys");
  t.match(stdout, /^KIND +ID +STATE +RECORDS +SINCE \(UTC\)\ncookie +[0-9a-f]{4} +current +- +20/);
  const json = (await fjmcp("keys", "list", "--json")).stdout;
  for (const key of ["vault", "cookie", "derivation"].flatMap(linesOf))
    t.notOk((stdout + json).includes(key));
});

t.test("a missing ring is a fault", async (t) => {
  const empty = temporaryDirectory(t);
  t.match(await runCli(["keys", "rotate", "vault", "--root", empty], programs), {
    code: 78,
    stderr: /has no key/,
  });
});
