import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { LoginRequiredError } from "../../../src/upstream/errors/login-required-error.ts";
import { UpstreamUnavailableError } from "../../../src/upstream/errors/upstream-unavailable-error.ts";
import { UpstreamMisconfiguredError } from "../../../src/upstream/errors/upstream-misconfigured-error.ts";
import { UserSuspendedError } from "../../../src/upstream/errors/user-suspended-error.ts";
import { Secret } from "@fjmcp/shared/config/secret";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { logIn, setUpstream, unrestricted, type UpstreamSetup } from "../../support/upstream-setup.ts";

const second = 1000;
const userCalls = ({ forgejo }: UpstreamSetup) =>
  forgejo.requests.filter(({ path }) => path === "/api/v1/user").length;

async function loggedIn(...options: Parameters<typeof setUpstream>) {
  const setup = await setUpstream(...options);
  await logIn(setup);
  const alice = setup.account("alice");
  return { setup, alice, fresh: () => setup.upstream.tokens.fresh(alice) };
}

t.test("keeps a token for the first half of its life and refreshes it after that", async (t) => {
  const { setup, fresh } = await loggedIn(t);
  setup.clock.aheadMs = 1790 * second;
  await fresh();
  t.equal(setup.forgejo.controls.counts.refreshes, 0);
  setup.clock.aheadMs = 1810 * second;
  const { expiresAtSec } = await fresh();
  t.equal(setup.forgejo.controls.counts.refreshes, 1);
  t.ok(expiresAtSec * second > Date.now() + setup.clock.aheadMs + 3590 * second);
});

t.test("returns a token that has not expired during a temporary failure, and no expired one", async (t) => {
  for (const mode of ["hang", "500", "503", "garbage", "close"] as const) {
    const { setup, fresh } = await loggedIn(t);
    const { accessToken } = await fresh();
    setup.forgejo.controls.setFault({ path: /./, mode });
    setup.clock.aheadMs = 1810 * second;
    t.equal((await fresh()).accessToken, accessToken, mode);
    setup.clock.aheadMs = 3700 * second;
    await t.rejects(fresh(), UpstreamUnavailableError, mode);
    setup.forgejo.controls.clearFaults();
    t.ok((await fresh()).accessToken, "and it recovers");
    t.same(setup.ended, []);
    t.notOk(setup.logText().includes(accessToken));
  }
});

t.test("logs a rejected client or secret as misconfiguration and revokes nothing", async (t) => {
  const { setup, alice, fresh } = await loggedIn(t);
  setup.clock.aheadMs = 3700 * second;
  const wrong = await setup.another({ clientSecret: new Secret("gto_wrong") });
  await t.rejects(wrong.tokens.fresh(alice), UpstreamMisconfiguredError);
  t.match(setup.logText(), /upstream\.misconfigured/);
  t.same(setup.ended, []);
  t.ok((await fresh()).accessToken);
});

t.test(
  "deletes the record and revokes every grant of the account when Forgejo's grant is revoked",
  async (t) => {
    const { setup, fresh } = await loggedIn(t);
    setup.clock.aheadMs = 1810 * second;
    setup.forgejo.controls.revokeGrant("alice", setup.options.forgejo.clientId);
    await t.rejects(fresh(), LoginRequiredError);
    t.same(setup.ended, [setup.account("alice")]);
    t.same(await unrestricted(t, setup.redis).keys("*"), [], "record and lock are gone");
    await logIn(setup);
    t.ok((await fresh()).accessToken, "a new login works");
  },
);

t.test("invalidates a rotation whose response was lost once the access token has expired, too", async (t) => {
  const { setup, fresh } = await loggedIn(t);
  setup.clock.aheadMs = 1810 * second;
  setup.forgejo.controls.setFault({ path: /access_token/, mode: "drop-response", times: 1 });
  for (let i = 0; i < 2; i += 1) t.ok((await fresh()).accessToken);
  t.same(setup.ended, []);
  setup.clock.aheadMs = 3610 * second;
  await t.rejects(fresh(), LoginRequiredError);
  t.same(setup.ended, [setup.account("alice")]);
});

t.test("ends nothing when Forgejo rejects the refresh token, but not the access token", async (t) => {
  const { setup, fresh } = await loggedIn(t);
  setup.clock.aheadMs = 1810 * second;
  setup.forgejo.controls.loseCounterRace(1);
  t.ok((await fresh()).accessToken);
  await waitUntil("the refresh ends", () => setup.logText().includes("accepts the access token"));
  t.same(setup.ended, []);
  t.ok((await fresh()).accessToken);
});

t.test("retries to store tokens until Redis accepts writes", async (t) => {
  const { setup, alice, fresh } = await loggedIn(t);
  setup.clock.aheadMs = 1810 * second;
  const redis = unrestricted(t, setup.redis);
  const { controls } = setup.forgejo;
  for (const rotate of [
    fresh,
    async () => setup.upstream.login.complete(...(await setup.codeFor(setup.user("alice")))),
  ]) {
    controls.setFault({ path: /access_token/, mode: "late-response", times: 1 });
    const { refreshes, codeExchanges } = controls.counts;
    const rotated = rotate();
    await waitUntil(
      "Forgejo should give tokens",
      () => controls.counts.refreshes + controls.counts.codeExchanges > refreshes + codeExchanges,
    );
    await redis.config("SET", "min-replicas-to-write", "1");
    controls.clearFaults();
    await sleep(500);
    await redis.config("SET", "min-replicas-to-write", "0");
    t.ok(await rotated);
    setup.clock.aheadMs += 1810 * second;
    t.ok((await setup.upstream.tokens.fresh(alice)).accessToken);
  }
  t.equal(controls.counts.rejectedRefreshes, 0);
  t.same(setup.ended, []);
});

t.test(
  "returns a valid token soon behind the lock of a killed process, and refreshes it once it can",
  async (t) => {
    const { setup, alice, fresh } = await loggedIn(t);
    const { accessToken } = await fresh();
    const { clientId } = setup.options.forgejo;
    const redis = unrestricted(t, setup.redis);
    const lock = `upstream-lock:${clientId}:${alice}`;
    await redis.set(lock, "a killed process", "PX", 60_000);
    setup.clock.aheadMs = 1810 * second;
    const other = await setup.another({ timeoutMs: 40_000 });
    const startedAt = performance.now();
    for (let call = 1; call <= 2; call += 1) {
      t.equal((await other.tokens.fresh(alice)).accessToken, accessToken);
    }
    t.ok(performance.now() - startedAt < 30 * second);
    await redis.del(lock);
    await waitUntil("it should be refreshed", () => setup.forgejo.controls.counts.refreshes > 0);
    await waitUntil("and stored", async () => (await fresh()).accessToken !== accessToken);
    t.match(setup.forgejo.controls.counts, { refreshes: 1, rejectedRefreshes: 0 });
  },
);

t.test("logs a failure of a refresh that no caller waits for, and revokes nothing", async (t) => {
  const { setup, alice, fresh } = await loggedIn(t);
  const { accessToken } = await fresh();
  setup.clock.aheadMs = 1810 * second;
  const other = await setup.another({ timeoutMs: 40_000 });
  setup.forgejo.controls.setFault({ path: /access_token/, mode: "hang" });
  t.equal((await other.tokens.fresh(alice)).accessToken, accessToken);
  t.notMatch(setup.logText(), "upstream.unavailable");
  setup.forgejo.controls.clearFaults();
  await waitUntil("it should be logged", () => setup.logText().includes("upstream.unavailable"));
  await setup.redis.kill("SIGKILL");
  await other.drain();
  t.same(setup.ended, []);
});

t.test("rejects with Forgejo's sentence while a user is suspended, and heals by itself", async (t) => {
  const { setup, alice, fresh } = await loggedIn(t);
  const { accessToken } = await fresh();
  for (const state of [
    "prohibited",
    "not-active",
    "email-not-confirmed",
    "must-change-password",
    "two-factor-missing",
  ] as const) {
    setup.forgejo.controls.setUserState("alice", state);
    await t.rejects(setup.upstream.tokens.check(alice), UserSuspendedError, state);
    const error = await fresh().catch((error: unknown) => error);
    t.match(error, UserSuspendedError, state);
    t.match((error as Error).message, /prohibited|not activated|change your password|two-factor/, state);
    setup.forgejo.controls.setUserState("alice", "normal");
    t.equal((await fresh()).accessToken, accessToken, "at once");
    await setup.upstream.tokens.check(alice);
  }
  setup.clock.aheadMs += 3700 * second;
  t.ok((await fresh()).accessToken, "past the old token");
  t.same(setup.ended, []);
});

t.test("detects a suspended user after the refresh, and at a worker's start within a minute", async (t) => {
  for (const aheadMs of [1810 * second, 61 * second]) {
    const { setup, fresh } = await loggedIn(t);
    await fresh();
    setup.forgejo.controls.prohibit("alice", true);
    t.ok((await fresh()).accessToken, "asked less than a minute ago");
    setup.clock.aheadMs = aheadMs;
    await t.rejects(fresh(), UserSuspendedError);
    await t.rejects(fresh(), UserSuspendedError, "again, not a minute later");
    t.same(setup.ended, []);
  }
});

t.test("ends nothing when our application at Forgejo is deleted or has another secret", async (t) => {
  const { setup, alice, fresh } = await loggedIn(t);
  const { clientId } = setup.options.forgejo;
  const { accessToken } = await fresh();
  setup.forgejo.controls.rotateSecret(clientId);
  setup.clock.aheadMs = 1810 * second;
  t.equal((await fresh()).accessToken, accessToken, "Forgejo's API still accepts it");
  await setup.upstream.tokens.check(alice);
  setup.clock.aheadMs = 3700 * second;
  await t.rejects(fresh(), UpstreamMisconfiguredError);
  await t.rejects(setup.upstream.tokens.check(alice), UpstreamMisconfiguredError);

  setup.clock.aheadMs = 0;
  setup.forgejo.controls.deleteApp(clientId);
  await t.rejects(setup.upstream.tokens.check(alice), UpstreamMisconfiguredError);
  await t.rejects(fresh(), UpstreamMisconfiguredError);
  setup.clock.aheadMs = 1810 * second;
  await t.rejects(fresh(), UpstreamMisconfiguredError);
  t.same(setup.ended, []);
  t.equal((await unrestricted(t, setup.redis).keys("upstream:*")).length, 1);
});

t.test("checks the user at most once a minute, over all processes", async (t) => {
  const { setup, alice, fresh } = await loggedIn(t);
  const other = await setup.another();
  const calls = userCalls(setup);
  for (let index = 0; index < 5; index += 1) {
    await fresh();
    await other.tokens.fresh(alice);
  }
  t.equal(userCalls(setup), calls + 1);
  setup.clock.aheadMs = 61 * second;
  await Promise.all([fresh(), other.tokens.fresh(alice)]);
  t.equal(userCalls(setup), calls + 2);
});

t.test("does not treat an error of a proxy in front of Forgejo as one of Forgejo", async (t) => {
  const { setup, fresh } = await loggedIn(t);
  setup.forgejo.controls.setFault({ path: /api\/v1\/user/, mode: "garbage" });
  t.ok((await fresh()).accessToken);
  t.same(setup.ended, []);
});

t.test("revokes the grants of an account without a record", async (t) => {
  const setup = await setUpstream(t);
  await t.rejects(setup.upstream.tokens.fresh(setup.account("bob")), LoginRequiredError);
  t.same(setup.ended, [setup.account("bob")]);
});

t.test("finds the newer record of a login whose exchange preceded the rejected refresh", async (t) => {
  const { setup, alice, fresh } = await loggedIn(t);
  setup.clock.aheadMs = 1810 * second;
  const other = await setup.another();
  const code = await setup.codeFor(setup.user("alice"));
  const counter = setup.forgejo.controls.grantOf("alice", setup.options.forgejo.clientId)?.counter;
  const [refreshed] = await Promise.all([fresh(), other.login.complete(...code)]);
  t.ok(refreshed.accessToken);
  t.same(setup.ended, []);
  t.ok(
    (setup.forgejo.controls.grantOf("alice", setup.options.forgejo.clientId)?.counter ?? 0) > (counter ?? 0),
  );
  setup.clock.aheadMs += 1810 * second;
  t.ok((await other.tokens.fresh(alice)).accessToken, "what is stored can be refreshed again");
  t.same(setup.ended, []);
});

t.test("loses nothing when logins and refreshes run concurrently at random", async (t) => {
  const { setup, alice } = await loggedIn(t);
  const processes = [setup.upstream, await setup.another()] as const;
  for (let round = 1; round <= 8; round += 1) {
    const code = await setup.codeFor(setup.user("alice"));
    setup.clock.aheadMs += 1810 * second;
    const calls = [
      () => processes[0].tokens.fresh(alice),
      () => processes[round % 2 ? 0 : 1].login.complete(...code),
      () => processes[1].tokens.fresh(alice),
    ];
    const order = round % 3;
    await Promise.all([...calls.slice(order), ...calls.slice(0, order)].map((call) => call()));
  }
  setup.clock.aheadMs += 1810 * second;
  t.ok((await processes[0].tokens.fresh(alice)).accessToken);
  t.same(setup.ended, []);
});

t.test("returns the new login name after a rename at Forgejo, for the same account", async (t) => {
  const { setup, alice } = await loggedIn(t);
  const user = setup.user("alice");
  await setup.codeFor(user);
  setup.forgejo.controls.rename("alice", "alice2");
  t.same(await setup.upstream.login.complete(...(await setup.codeFor(user))), {
    accountId: alice,
    forgejoClientId: setup.options.forgejo.clientId,
    login: "alice2",
    isAdministrator: true,
    missing: [],
  });
});

t.test("works with an instance that does not invalidate refresh tokens", async (t) => {
  const { setup, fresh } = await loggedIn(t, { invalidateRefreshTokens: false });
  for (let round = 1; round <= 3; round += 1) {
    setup.clock.aheadMs += 1810 * second;
    await fresh();
  }
  t.equal(setup.forgejo.controls.counts.refreshes, 3);
  t.same(setup.ended, []);
});
