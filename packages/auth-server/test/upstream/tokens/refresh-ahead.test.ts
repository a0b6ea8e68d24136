import t from "tap";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { daySec, servePersonalTokens } from "../../support/personal-tokens.ts";
import { setUpAuthServer } from "../../support/auth-server-setup.ts";
import { shiftedClock } from "../../support/shifted-clock.ts";

const setup = await setUpAuthServer(t);
const { create, statusOf, list } = await servePersonalTokens(setup);

t.test("ends the account of a user that may no longer sign in, though no program calls", async (t) => {
  await setup.admin.flushall();
  const { token } = await create(setup.user());
  const { clock, advance } = shiftedClock();
  advance(20 * daySec);
  await setup.serve({ clock, more: { FJMCP_SIGN_IN_USERS: "bob" } });
  await waitUntil("the token should end", async () => (await statusOf(token)) === "invalid_token");
  t.same(await list(), []);
});

t.test("works on after the life of Forgejo's refresh token, without a call in between", async (t) => {
  await setup.admin.flushall();
  const { token } = await create(setup.user(), { expiresInSec: 365 * daySec });
  const [key] = (await setup.admin.keys("upstream:*")) as [string];
  const { clock, advance } = shiftedClock();
  const stepDays = 20;
  for (let passedDays = stepDays; passedDays <= 80; passedDays += stepDays) {
    advance(stepDays * daySec);
    // What expires by Redis's own clock has as much less time left.
    for (const other of await setup.admin.keys("*")) {
      if (other !== key)
        await setup.admin.expireat(other, (await setup.admin.expiretime(other)) - stepDays * daySec);
    }
    const keepUntil = Number(await setup.admin.hget(key, "keepUntil"));
    await setup.admin.expireat(key, keepUntil - passedDays * daySec);
    const before = await setup.admin.hget(key, "ciphertext");
    t.ok(before, `the record lives after ${passedDays} days`);
    // Another auth-server: it runs the task at its start.
    const later = await setup.serve({ clock });
    await waitUntil(
      "the Forgejo tokens should be refreshed",
      async () => (await setup.admin.hget(key, "ciphertext")) !== before,
    );
    t.equal(await statusOf(token, later), "ok");
  }
});
