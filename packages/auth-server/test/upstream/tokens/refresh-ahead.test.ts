import t from "tap";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { daySec, servePersonalTokens } from "../../support/personal-tokens.ts";
import { startRig } from "../../support/running-auth-server.ts";
import { shiftedClock } from "../../support/shifted-clock.ts";

const rig = await startRig(t);
const { create, statusOf, list } = await servePersonalTokens(rig);

t.test("ends the account of a user that may no longer sign in, though no program calls", async (t) => {
  await rig.admin.flushall();
  const { token } = await create(rig.person());
  const { clock, advance } = shiftedClock();
  advance(20 * daySec);
  await rig.serve({ clock, more: { FJMCP_SIGN_IN_USERS: "bob" } });
  await waitUntil("the token should end", async () => (await statusOf(token)) === "invalid_token");
  t.same(await list(), []);
});

t.test("works on after the life of Forgejo's refresh token, without a call in between", async (t) => {
  await rig.admin.flushall();
  const { token } = await create(rig.person(), { expiresInSec: 365 * daySec });
  const [key] = (await rig.admin.keys("upstream:*")) as [string];
  const { clock, advance } = shiftedClock();
  const stepDays = 20;
  for (let passedDays = stepDays; passedDays <= 80; passedDays += stepDays) {
    advance(stepDays * daySec);
    // What expires by Redis's own clock has as much less time left.
    for (const other of await rig.admin.keys("*")) {
      if (other !== key)
        await rig.admin.expireat(other, (await rig.admin.expiretime(other)) - stepDays * daySec);
    }
    const keepUntil = Number(await rig.admin.hget(key, "keepUntil"));
    await rig.admin.expireat(key, keepUntil - passedDays * daySec);
    const before = await rig.admin.hget(key, "ciphertext");
    t.ok(before, `the record lives after ${passedDays} days`);
    // Another auth-server: it runs the task at its start.
    const later = await rig.serve({ clock });
    await waitUntil(
      "the Forgejo tokens should be refreshed",
      async () => (await rig.admin.hget(key, "ciphertext")) !== before,
    );
    t.equal(await statusOf(token, later), "ok");
  }
});
