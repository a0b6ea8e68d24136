import t from "tap";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import { connect, refresh, register, revoke } from "../support/client.ts";
import { kindsOfKeys } from "../support/grant-keys.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();

for (const kind of ["accessToken", "refreshToken"] as const) {
  t.test(`revokes the grant of the ${kind} and leaves only the tombstone`, async (t) => {
    await setup.admin.flushall();
    const client = await connect(origin, setup.user());
    t.equal((await revoke(origin, client, client[kind])).status, 200);
    t.match(await refresh(origin, client, client.refreshToken), {
      status: 400,
      body: { error: "invalid_grant" },
    });
    t.same(await kindsOfKeys(setup.admin), ["revoked-grant"]);
  });
}

t.test("revokes while Redis is full", async (t) => {
  await setup.admin.flushall();
  const client = await connect(origin, setup.user());
  t.teardown(() => setup.admin.config("SET", "maxmemory", "0"));
  await setup.admin.config("SET", "maxmemory", "1");
  t.equal((await revoke(origin, client, client.accessToken)).status, 200);
  t.same(await kindsOfKeys(setup.admin), ["revoked-grant"]);
});

t.test("responds 200 to the revocation of another client's token and changes nothing", async (t) => {
  const client = await connect(origin, setup.user());
  const other = await register(origin);
  t.equal((await revoke(origin, other, client.accessToken)).status, 200);
  t.equal((await revoke(origin, other, client.refreshToken)).status, 200);
  t.equal((await revoke(origin, client, "no-such-token")).status, 200);
  t.equal((await refresh(origin, client, client.refreshToken)).status, 200);
});

t.test("keeps the account's other grants and their Forgejo tokens", async (t) => {
  await setup.admin.flushall();
  const user = setup.user();
  const first = await connect(origin, user);
  const second = await connect(origin, user);
  const [accountKey] = await setup.admin.keys("account-grants:*");
  t.equal(await setup.admin.zcard(accountKey!), 2);

  await revoke(origin, first, first.accessToken);
  t.equal(await setup.admin.zcard(accountKey!), 1);
  t.equal((await setup.admin.keys("upstream:*")).length, 1);
  t.equal((await refresh(origin, second, second.refreshToken)).status, 200);

  await revoke(origin, second, second.accessToken);
  t.same(await kindsOfKeys(setup.admin), ["revoked-grant"]);
});

t.test("deletes the sessions that belong to a grant with it, and no other", async (t) => {
  await setup.admin.flushall();
  const ending = await connect(origin, setup.user());
  const [endingGrant] = await setup.admin.keys("grant:*");
  const staying = await connect(origin, setup.user());
  const stayingGrant = (await setup.admin.keys("grant:*")).find((key) => key !== endingGrant);
  const [mine, other] = [endingGrant, stayingGrant].map((key) => key!.replace("grant:", ""));
  const account = (await setup.admin.keys("account-grants:*"))[0]!.replace("account-grants:", "");
  for (const [session, belongsTo, listedBy] of [
    ["mine", mine, [mine]],
    ["theirs", other, [other]],
    // As two grants leave it that have used a session at once.
    ["taken over", other, [mine, other]],
  ] as const) {
    await setup.admin.set(`session:id:${session}`, JSON.stringify({ grantId: belongsTo }));
    await setup.admin.hset(`session:of:${account}`, session, `client ${belongsTo}`);
    for (const grant of listedBy) await setup.admin.sadd(`session:grant:${grant}`, session);
    await setup.admin.sadd("session:accounts", account);
  }

  await revoke(origin, ending, ending.refreshToken);
  t.same((await setup.admin.keys("session:id:*")).sort(), ["session:id:taken over", "session:id:theirs"]);
  t.same((await setup.admin.hkeys(`session:of:${account}`)).sort(), ["taken over", "theirs"]);
  t.same(await setup.admin.keys("session:grant:*"), [`session:grant:${other}`]);
  await revoke(origin, staying, staying.refreshToken);
  t.same(await kindsOfKeys(setup.admin), ["revoked-grant"]);
});

t.test("finishes a revocation when session keys hold something else", async (t) => {
  await setup.admin.flushall();
  const client = await connect(origin, setup.user());
  const account = (await setup.admin.keys("account-grants:*"))[0]!.replace("account-grants:", "");
  await setup.admin.set(`session:of:${account}`, "not a hash");
  await setup.admin.set("session:accounts", "not a set");
  const grant = (await setup.admin.keys("grant:*"))[0]!.replace("grant:", "");
  await setup.admin.sadd(`session:grant:${grant}`, "damaged");
  await setup.admin.set("session:id:damaged", '{"grantId');
  t.equal((await revoke(origin, client, client.accessToken)).status, 200);
  t.same(await kindsOfKeys(setup.admin), ["revoked-grant", "session", "session:id", "session:of"]);
});
