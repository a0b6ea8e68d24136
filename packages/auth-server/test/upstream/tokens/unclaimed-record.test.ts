import t from "tap";
import { startRig } from "../../support/running-auth-server.ts";
import { authorize, connect, redeem, refresh, register, tokensOf } from "../../support/client.ts";

const daySec = 24 * 3600;
const rig = await startRig(t);
const origin = await rig.serve();
const lifeOf = (account: string) => rig.admin.ttl(`upstream:${rig.forgejoApp.clientId}:${account}`);

void t.test("Forgejo tokens that no client comes for are soon forgotten", async (t) => {
  const client = await register(origin);
  const code = await authorize(origin, client, rig.person());
  const unusedSec = await lifeOf("1");
  t.ok(unusedSec > 600 && unusedSec <= 3600, "longer than its grant lives, and not much longer");
  const tokens = tokensOf(await redeem(origin, code));
  t.ok((await lifeOf("1")) > 29 * daySec, "once a client has come they are kept");
  await authorize(origin, client, rig.person());
  t.ok((await lifeOf("1")) > 29 * daySec, "a login that nobody comes for shortens nothing");
  t.equal((await refresh(origin, client, tokens.refreshToken)).status, 200);
});

void t.test("a grant that has expired keeps nothing", async (t) => {
  await connect(origin, rig.person("bob"));
  const account = "2";
  for (const grant of await rig.admin.hkeys(`account-grants:${account}`))
    await rig.admin.del(`grant:${grant}`);
  await authorize(origin, await register(origin), rig.person("bob"));
  t.ok((await lifeOf(account)) <= 3600);
});
