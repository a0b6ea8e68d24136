import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import t from "tap";
import { ScriptedOAuthClient } from "@fjmcp/testkit/oauth-client/scripted-oauth-client";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { CallingClient, startWithKeyRings } from "./support/key-rings.ts";
import { runCli } from "./support/run-cli.ts";

const rings = await startWithKeyRings(t);
const { forgejo, stack, programs, fjmcp, keys, file, linesOf, restart } = rings;

const vaultRenewed = () =>
  waitUntil("the vault should be encrypted anew", async () => {
    const uses = (await keys()).filter(({ kind }) => kind === "vault").map((key) => key.uses);
    return uses[0] === 1 && uses[1] === 0;
  });

const client = await ScriptedOAuthClient.register(stack.mcpUrl);
const calling = new CallingClient(rings);
let refreshToken = "";
const refresh = async () => {
  const { status, body } = await client.refresh(refreshToken);
  refreshToken = String(body.refresh_token);
  calling.accessToken = String(body.access_token);
  return status;
};

t.before(async () => {
  const attempt = client.authorize();
  const stopAt = client.redirectUri;
  const back = await new ScriptedUser(forgejo.users[0]!).signInAndAllow(attempt.url, { stopAt });
  const { body } = await client.exchange(attempt, back.searchParams.get("code")!);
  calling.accessToken = String(body.access_token);
  refreshToken = String(body.refresh_token);
});

t.test("an earlier key is dropped only when nothing needs it", async (t) => {
  t.equal((await fjmcp("keys", "rotate")).code, 0);
  await restart();
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
  t.match(await calling.call(), { status: 200, text: /alice/ });
  t.equal(await refresh(), 200);
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
  t.match(await calling.call(), { status: 200, text: /alice/ });
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

  t.match(await calling.call(), { status: 200, text: /key .* is missing.*administrator/ });
  const doctor = await fjmcp("doctor", "--private", "--json");
  t.match(doctor.stdout, new RegExp(`FJMCP_VAULT_KEY_FILE.*${neededId} \\(1\\).*Put it back`));
  t.equal(await refresh(), 200);

  writeFileSync(file("vault"), complete);
  await restart();
  // Until the session-daemon asks again.
  await waitUntil("calls should work again", async () => (await calling.call()).text.includes("alice"));
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
    stderr: `fjmcp: ${join(empty, "etc/fjmcp/credentials/vault-key")} has no key.`,
  });
});
