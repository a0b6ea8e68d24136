import t from "tap";
import { clientRef } from "@fjmcp/shared/client-ref";
import type { ClientId } from "@fjmcp/shared/ids";
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

t.test("deletes the sessions of an account and client with their last grant", async (t) => {
  await rig.admin.flushall();
  const client = await register(origin);
  const other = await connect(origin, rig.person());
  const first = await connect(origin, rig.person(), client);
  const second = await connect(origin, rig.person(), client);
  const account = (await rig.admin.keys("account-grants:*"))[0]!.replace("account-grants:", "");
  for (const [session, owner] of [
    ["mine", client.clientId],
    ["theirs", other.clientId],
  ] as const) {
    await rig.admin.set(`session:id:${session}`, "{}");
    const ref = clientRef(owner as ClientId);
    await rig.admin.hset(`session:of:${account}`, session, ref);
    await rig.admin.sadd(`session:of:${account}:${ref}`, session);
    await rig.admin.sadd("session:accounts", account);
  }

  await revoke(origin, client, first.refreshToken);
  t.equal(await rig.admin.exists("session:id:mine"), 1, "another grant of the same client lives");
  await revoke(origin, client, second.refreshToken);
  t.equal(await rig.admin.exists("session:id:mine"), 0);
  t.same(await rig.admin.hkeys(`session:of:${account}`), ["theirs"]);
  t.equal(await rig.admin.exists("session:id:theirs"), 1);
  await revoke(origin, other, other.refreshToken);
  t.same(await kindsOfKeys(rig.admin), ["revoked-grant"]);
});

t.test("finishes a revocation when session keys hold something else", async (t) => {
  await rig.admin.flushall();
  const client = await connect(origin, rig.person());
  const account = (await rig.admin.keys("account-grants:*"))[0]!.replace("account-grants:", "");
  await rig.admin.set(`session:of:${account}`, "not a hash");
  await rig.admin.set("session:accounts", "not a set");
  t.equal((await revoke(origin, client, client.accessToken)).status, 200);
  t.same(await kindsOfKeys(rig.admin), ["revoked-grant", "session", "session:of"]);
});
