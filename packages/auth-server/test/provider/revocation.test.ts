import t from "tap";
import { startRig } from "../support/running-auth-server.ts";
import { connect, refresh, register, revoke } from "../support/client.ts";
import { kindsOfKeys } from "../support/grant-keys.ts";

const rig = await startRig(t);
const origin = await rig.serve();

for (const kind of ["accessToken", "refreshToken"] as const) {
  t.test(`revokes the grant of the ${kind} and leaves only the tombstone`, async (t) => {
    await rig.admin.flushall();
    const client = await connect(origin, rig.person());
    t.equal((await revoke(origin, client, client[kind])).status, 200);
    t.match(await refresh(origin, client, client.refreshToken), {
      status: 400,
      body: { error: "invalid_grant" },
    });
    t.same(await kindsOfKeys(rig.admin), ["revoked-grant"]);
  });
}

t.test("responds 200 to the revocation of another client's token and changes nothing", async (t) => {
  const client = await connect(origin, rig.person());
  const other = await register(origin);
  t.equal((await revoke(origin, other, client.accessToken)).status, 200);
  t.equal((await revoke(origin, other, client.refreshToken)).status, 200);
  t.equal((await revoke(origin, client, "no-such-token")).status, 200);
  t.equal((await refresh(origin, client, client.refreshToken)).status, 200);
});

t.test("keeps the account's other grants and their Forgejo tokens", async (t) => {
  await rig.admin.flushall();
  const person = rig.person();
  const first = await connect(origin, person);
  const second = await connect(origin, person);
  const [accountKey] = await rig.admin.keys("account-grants:*");
  t.equal(await rig.admin.zcard(accountKey!), 2);

  await revoke(origin, first, first.accessToken);
  t.equal(await rig.admin.zcard(accountKey!), 1);
  t.equal((await rig.admin.keys("upstream:*")).length, 1);
  t.equal((await refresh(origin, second, second.refreshToken)).status, 200);

  await revoke(origin, second, second.accessToken);
  t.same(await kindsOfKeys(rig.admin), ["revoked-grant"]);
});

t.test("deletes the sessions that belong to a grant with it, and no other", async (t) => {
  await rig.admin.flushall();
  const ending = await connect(origin, rig.person());
  const [endingGrant] = await rig.admin.keys("grant:*");
  const staying = await connect(origin, rig.person());
  const stayingGrant = (await rig.admin.keys("grant:*")).find((key) => key !== endingGrant);
  const [mine, other] = [endingGrant, stayingGrant].map((key) => key!.replace("grant:", ""));
  const account = (await rig.admin.keys("account-grants:*"))[0]!.replace("account-grants:", "");
  for (const [session, belongsTo, listedBy] of [
    ["mine", mine, [mine]],
    ["theirs", other, [other]],
    // As two grants leave it that have used a session at once.
    ["taken over", other, [mine, other]],
  ] as const) {
    await rig.admin.set(`session:id:${session}`, JSON.stringify({ grantId: belongsTo }));
    await rig.admin.hset(`session:of:${account}`, session, `client ${belongsTo}`);
    for (const grant of listedBy) await rig.admin.sadd(`session:grant:${grant}`, session);
    await rig.admin.sadd("session:accounts", account);
  }

  await revoke(origin, ending, ending.refreshToken);
  t.same((await rig.admin.keys("session:id:*")).sort(), ["session:id:taken over", "session:id:theirs"]);
  t.same((await rig.admin.hkeys(`session:of:${account}`)).sort(), ["taken over", "theirs"]);
  t.same(await rig.admin.keys("session:grant:*"), [`session:grant:${other}`]);
  await revoke(origin, staying, staying.refreshToken);
  t.same(await kindsOfKeys(rig.admin), ["revoked-grant"]);
});

t.test("finishes a revocation when session keys hold something else", async (t) => {
  await rig.admin.flushall();
  const client = await connect(origin, rig.person());
  const account = (await rig.admin.keys("account-grants:*"))[0]!.replace("account-grants:", "");
  await rig.admin.set(`session:of:${account}`, "not a hash");
  await rig.admin.set("session:accounts", "not a set");
  const grant = (await rig.admin.keys("grant:*"))[0]!.replace("grant:", "");
  await rig.admin.sadd(`session:grant:${grant}`, "damaged");
  await rig.admin.set("session:id:damaged", '{"grantId');
  t.equal((await revoke(origin, client, client.accessToken)).status, 200);
  t.same(await kindsOfKeys(rig.admin), ["revoked-grant", "session", "session:id", "session:of"]);
});
