import t from "tap";
import { startRig } from "../../support/running-auth-server.ts";
import { authorize, connect, redeem, refresh, register, tokensOf } from "../../support/client.ts";

const daySec = 24 * 3600;
const rig = await startRig(t);
const origin = await rig.serve();
const lifeOf = (account: string) => rig.admin.ttl(`upstream:${rig.forgejoApp.clientId}:${account}`);

t.test("expires Forgejo tokens soon when no client redeems its code", async (t) => {
  const client = await register(origin);
  const code = await authorize(origin, client, rig.person());
  const unusedSec = await lifeOf("1");
  t.ok(unusedSec > 600 && unusedSec <= 3600, "longer than its grant lives, and not much longer");
  const tokens = tokensOf(await redeem(origin, code));
  t.ok((await lifeOf("1")) > 29 * daySec, "kept once a client has redeemed the code");
  await authorize(origin, client, rig.person());
  t.ok((await lifeOf("1")) > 29 * daySec, "a login whose code no client redeems shortens nothing");
  t.equal((await refresh(origin, client, tokens.refreshToken)).status, 200);
});

t.test("keeps no Forgejo tokens for an expired grant", async (t) => {
  await connect(origin, rig.person("bob"));
  const account = "2";
  for (const grant of await rig.admin.zrange(`account-grants:${account}`, 0, "-1"))
    await rig.admin.del(`grant:${grant}`);
  await authorize(origin, await register(origin), rig.person("bob"));
  t.ok((await lifeOf(account)) <= 3600);
});
