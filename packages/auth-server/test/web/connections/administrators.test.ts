import { readFile } from "node:fs/promises";
import t from "tap";
import { connect, refresh } from "../../support/client.ts";
import { connectionIds, csrfOf, forge, openConnection, signIn } from "../../support/connections.ts";
import { setUpAuthServer } from "../../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const { origin, process: authServer } = await setup.spawn({ FJMCP_FORGEJO_TIMEOUT_SECONDS: "4" });
const accounts = `${origin}/connections/accounts`;
const [alice, bob] = [setup.user("alice"), setup.user("bob")];
const [aliceId, bobId] = ["1", "2"];

t.beforeEach(async () => {
  await setup.admin.flushall();
  setup.forgejo.controls.setAdmin("alice", true);
});

async function auditLines(event: string): Promise<Record<string, unknown>[]> {
  const lines = (await readFile(authServer.logFile, "utf8")).split("\n");
  return lines
    .filter((line) => line.includes(`"event":"${event}"`))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

t.test(
  "an administrator of Forgejo sees all accounts, and disconnects; the user reads of both",
  async (t) => {
    await connect(origin, alice);
    const client = await connect(origin, bob);
    await signIn(setup, bob);
    await (
      await openConnection(setup, bob)
    ).submit({ button: "Save name", fields: { name: "secret project" } });
    const page = await signIn(setup, alice);
    t.match(page.html, /href="\/connections\/accounts"/);
    const all = await alice.visit(accounts);
    t.match(all.text, /alice\s+Account 1 · 1 connection/);
    t.match(all.text, /bob\s+Account 2 · 1 connection/);

    t.match((await auditLines("connections.listed")).at(-1), { administrator: aliceId });

    const ofBob = await alice.visit(`${accounts}/${bobId}`);
    t.notMatch(ofBob.text, /secret project/, "the user's own name is theirs alone");
    t.notOk(ofBob.form({ button: "Save" }));
    t.notOk(ofBob.form({ button: "Save name" }));
    t.match((await bob.visit(`${origin}/connections`)).text, /An administrator looked at your connections/);
    await alice.visit(`${accounts}/${bobId}`);
    t.equal(
      await setup.admin.llen(`account-history:${bobId}`),
      2,
      "connected, and viewed: looks within an hour are one event",
    );
    t.match((await auditLines("connections.viewed")).at(-1), { administrator: aliceId, accountId: bobId });

    const after = await ofBob.submit({ button: "Disconnect" });
    t.match(after.text, /Disconnected/);
    t.match(after.text, /This account has no connected application/);
    t.match(await refresh(origin, client, client.refreshToken), {
      status: 400,
      body: { error: "invalid_grant" },
    });
    const seen = (await bob.visit(`${origin}/connections`)).text;
    t.match(seen, /secret project\s+A client\s+An administrator disconnected it/);
    t.match((await auditLines("access.ended")).at(-1), {
      kind: "connection",
      administrator: aliceId,
      accountId: bobId,
      reason: "administrator",
    });
    t.match((await auditLines("grant.revoked")).at(-1), { accountId: bobId, reason: "administrator" });
  },
);

t.test("an account that is not known here is not found", async (t) => {
  await connect(origin, alice);
  await connect(origin, bob);
  await signIn(setup, alice);
  for (const id of ["3", "no-account"]) {
    const page = await alice.visit(`${accounts}/${id}`);
    t.equal(page.status, 404, id);
    t.match(page.text, /There is no page here/);
  }
  await setup.admin.rename(`account-history:${bobId}`, "account-history:3");
  const former = await alice.visit(`${accounts}/3`);
  t.equal(former.status, 200, "known by its history");
  t.match(former.text, /no connected application/);
});

t.test("all others see and end nothing, whatever they send", async (t) => {
  await connect(origin, alice);
  await connect(origin, bob);
  const page = await signIn(setup, bob);
  t.notMatch(page.html, /\/connections\/accounts/);
  for (const path of ["", `/${aliceId}`, `/${bobId}`]) {
    const rejected = await bob.visit(accounts + path);
    t.equal(rejected.status, 403);
    t.match(rejected.text, /Only for administrators/);
    t.notMatch(rejected.text, /alice/);
  }
  const [ofAlice] = connectionIds(await signIn(setup, alice));
  const fields = { csrf: csrfOf(page), action: "disconnect", connection: ofAlice! };
  const sent = await forge(bob, `${accounts}/${aliceId}`, { fields, headers: { origin } });
  t.equal(sent.status, 403);
  t.equal((await setup.admin.keys("grant:*")).length, 2);
  t.match((await auditLines("connections.not_administrator")).at(-1), { accountId: bobId });
});

t.test("a disconnect whose outcome Redis does not tell is in the log all the same", async (t) => {
  await connect(origin, alice);
  await connect(origin, bob);
  await signIn(setup, alice);
  const ofBob = await alice.visit(`${accounts}/${bobId}`);
  const before = (await auditLines("access.ended")).length;
  const grantId = /name="connection" value="([^"]+)"/.exec(ofBob.html)![1]!;
  // The script has deleted the grant when it meets this key, and fails then.
  await setup.admin.set(`grant-tokens:${grantId}`, "no index");
  const failed = await ofBob.submit({ button: "Disconnect" });
  t.equal(failed.status, 500);
  t.match((await auditLines("access.ended")).slice(before), [
    { administrator: aliceId, accountId: bobId, grantId },
  ]);
  t.equal(await setup.admin.exists(`grant:${grantId}`), 0);
});

t.test("a suspended administrator reads Forgejo's own sentence", async (t) => {
  await connect(origin, alice);
  await signIn(setup, alice);
  setup.forgejo.controls.prohibit("alice", true);
  t.teardown(() => setup.forgejo.controls.prohibit("alice", false));
  const page = await alice.visit(accounts);
  t.equal(page.status, 403);
  t.match(page.text, /prohibited from signing in/);
  t.notMatch(page.text, /Only for administrators/);
});

t.test("asks Forgejo anew at each action", async (t) => {
  await connect(origin, bob);
  await connect(origin, alice);
  await signIn(setup, alice);
  const ofBob = await alice.visit(`${accounts}/${bobId}`);
  t.equal(ofBob.status, 200);
  setup.forgejo.controls.setAdmin("alice", false);
  t.equal((await ofBob.submit({ button: "Disconnect" })).status, 403);
  t.equal((await alice.visit(accounts)).status, 403);
  t.equal((await setup.admin.keys("grant:*")).length, 2);
  setup.forgejo.controls.setAdmin("alice", true);
  t.equal((await alice.visit(accounts)).status, 200);

  setup.forgejo.controls.setFault({ mode: "503", path: /api\/v1\/user/ });
  t.teardown(() => setup.forgejo.controls.clearFaults());
  const away = await ofBob.submit({ button: "Disconnect" });
  t.equal(away.status, 503);
  t.match(away.text, /Forgejo does not respond/);
  t.equal((await setup.admin.keys("grant:*")).length, 2);
  t.equal((await alice.visit(`${origin}/connections`)).status, 200, "the own connections need no Forgejo");
});

t.test(
  "an administrator needs no connection of their own, and ends none but the one that is named",
  async (t) => {
    await connect(origin, bob);
    await connect(origin, bob);
    await signIn(setup, alice);
    const ofBob = await alice.visit(`${accounts}/${bobId}`);
    await ofBob.submit({ button: "Disconnect" });
    t.equal((await setup.admin.keys("grant:*")).length, 1);
    const again = await ofBob.submit({ button: "Disconnect" });
    t.match(again.text, /had already ended/);
    t.equal((await setup.admin.keys("grant:*")).length, 1);
  },
);

t.test("an administrator without connections of their own signs in again", async (t) => {
  await connect(origin, alice);
  await signIn(setup, alice);
  await (await openConnection(setup, alice)).submit({ button: "Disconnect" });
  const page = await alice.visit(accounts);
  t.match((await page.submit({ button: "Sign in with Forgejo" })).text, /Signed in as alice/);
  t.equal((await alice.visit(accounts)).status, 200);
});

t.test("names accounts by id where their login is not known, and pages through many", async (t) => {
  await connect(origin, alice);
  await signIn(setup, alice);
  const [grant] = await setup.admin.keys("grant:*");
  for (let id = 100; id < 160; id++) {
    await setup.admin.set(
      `grant:g${id}`,
      (await setup.admin.get(grant!))!.replace(/"accountId":"1"/, `"accountId":"${id}"`),
    );
    await setup.admin.zadd(`account-grants:${id}`, Math.floor(Date.now() / 1000) + 600, `g${id}`);
  }
  const first = await alice.visit(accounts);
  t.match(first.text, /name not known\s+Account 100/);
  const next = /href="(\/connections\/accounts\?after=[^"]+)"/.exec(first.html)![1]!;
  const second = await alice.visit(new URL(next, origin));
  t.match(second.text, /Account 159/);
  t.notMatch(second.text, /Account 100/);
});
