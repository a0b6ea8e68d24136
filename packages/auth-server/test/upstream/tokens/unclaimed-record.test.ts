import t from "tap";
import { setUpAuthServer } from "../../support/auth-server-setup.ts";
import { authorize, connect, redeem, refresh, register, tokensOf } from "../../support/client.ts";

const daySec = 24 * 3600;
const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const lifeOf = (account: string) => setup.admin.ttl(`upstream:${setup.forgejoApp.clientId}:${account}`);

t.test("expires Forgejo tokens soon when no client redeems its code", async (t) => {
  const client = await register(origin);
  const code = await authorize(origin, client, setup.user());
  const unusedSec = await lifeOf("1");
  t.ok(unusedSec > 600 && unusedSec <= 3600, "longer than its grant lives, and not much longer");
  const tokens = tokensOf(await redeem(origin, code));
  t.ok((await lifeOf("1")) > 29 * daySec, "kept once a client has redeemed the code");
  await authorize(origin, client, setup.user());
  t.ok((await lifeOf("1")) > 29 * daySec, "a login whose code no client redeems shortens nothing");
  t.equal((await refresh(origin, client, tokens.refreshToken)).status, 200);
});

t.test("keeps no Forgejo tokens for an expired grant", async (t) => {
  await connect(origin, setup.user("bob"));
  const account = "2";
  for (const grant of await setup.admin.zrange(`account-grants:${account}`, 0, "-1"))
    await setup.admin.del(`grant:${grant}`);
  await authorize(origin, await register(origin), setup.user("bob"));
  t.ok((await lifeOf(account)) <= 3600);
});
