import t, { type Test } from "tap";
import { LoginRequiredError } from "../../../src/upstream/errors/login-required-error.ts";
import type { UpstreamRecordStore } from "../../../src/upstream/vault/upstream-record-store.ts";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { logIn, setUpstream, unrestricted, type UpstreamSetup } from "../../support/upstream-setup.ts";

const pastHalfLifeMs = 1810 * 1000;

/** Delays the writes of a store until `open` is called; `reached` resolves at the first write. */
function delayedWrites() {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const wrap = (store: UpstreamRecordStore): UpstreamRecordStore => ({
    ...store,
    async write(...record) {
      reached.resolve();
      await gate.promise;
      return store.write(...record);
    },
  });
  return { wrap, open: gate.resolve, reached: reached.promise };
}

function counts({ forgejo, options }: UpstreamSetup) {
  const { refreshes, rejectedRefreshes } = forgejo.controls.counts;
  return [forgejo.controls.grantOf("alice", options.forgejo.clientId)?.counter, refreshes, rejectedRefreshes];
}

async function stillRefreshes(t: Test, setup: UpstreamSetup): Promise<void> {
  setup.clock.aheadMs += pastHalfLifeMs;
  t.ok((await setup.upstream.tokens.fresh(setup.account("alice"))).accessToken);
  t.same(setup.ended, []);
}

t.test("runs no refresh beside a code exchange of another process", async (t) => {
  const setup = await setUpstream(t);
  await logIn(setup);
  const other = await setup.another();
  setup.forgejo.controls.setCounterRaceWindowMs(100);
  for (let round = 1; round <= 3; round += 1) {
    const code = await setup.codeFor(setup.user("alice"));
    setup.clock.aheadMs += pastHalfLifeMs;
    const [fresh, login] = await Promise.all([
      other.tokens.fresh(setup.account("alice")),
      setup.upstream.login.complete(...code),
    ]);
    t.ok(fresh.accessToken);
    t.equal(login.login, "alice");
  }
  t.equal(setup.forgejo.controls.counts.rejectedRefreshes, 0);
  t.same(setup.ended, []);
});

t.test("waits with a rejected refresh for tokens of an earlier exchange that are stored late", async (t) => {
  const setup = await setUpstream(t, {}, { concurrentLoginTimeoutMs: 60_000 });
  await logIn(setup);
  const login = delayedWrites();
  const other = await setup.another({}, login.wrap);
  const code = await setup.codeFor(setup.user("alice"));
  const completed = other.login.complete(...code);
  await login.reached;
  setup.clock.aheadMs = pastHalfLifeMs;
  const fresh = setup.upstream.tokens.fresh(setup.account("alice"));
  await waitUntil(
    "the refresh should be rejected",
    () => setup.forgejo.controls.counts.rejectedRefreshes === 1,
  );
  setup.clock.aheadMs = 0;
  login.open();
  t.ok((await fresh).accessToken);
  t.equal((await completed).login, "alice");
  await stillRefreshes(t, setup);
});

t.test(
  "does not overwrite the tokens of a login by those of an earlier refresh that are stored last",
  async (t) => {
    const setup = await setUpstream(t);
    await logIn(setup);
    const refresh = delayedWrites();
    const other = await setup.another({}, refresh.wrap);
    const code = await setup.codeFor(setup.user("alice"));
    setup.clock.aheadMs = pastHalfLifeMs;
    const fresh = other.tokens.fresh(setup.account("alice"));
    await refresh.reached;
    await setup.upstream.login.complete(...code);
    refresh.open();
    t.ok((await fresh).accessToken);
    t.same(counts(setup).slice(1), [1, 0]);
    await stillRefreshes(t, setup);
    t.same(counts(setup).slice(1), [2, 0], "it was the login's refresh token that was kept");
  },
);

t.test("does not restore the record of an account that was disconnected during a refresh", async (t) => {
  const setup = await setUpstream(t);
  await logIn(setup);
  const refresh = delayedWrites();
  const other = await setup.another({}, refresh.wrap);
  setup.clock.aheadMs = pastHalfLifeMs;
  const fresh = other.tokens.fresh(setup.account("alice"));
  await refresh.reached;
  const raw = unrestricted(t, setup.redis);
  await raw.del(...(await raw.keys("upstream:*")));
  refresh.open();
  await t.rejects(fresh, LoginRequiredError);
  t.same(await raw.keys("*"), []);
});

t.test("uses the tokens of a login that is concurrent with an invalidation", async (t) => {
  const setup = await setUpstream(t);
  await logIn(setup);
  const removal = Promise.withResolvers<void>();
  const login = Promise.withResolvers<void>();
  const other = await setup.another({}, (store) => ({
    ...store,
    async remove(...record) {
      const isRemoved = await store.remove(...record);
      removal.resolve();
      await login.promise;
      return isRemoved;
    },
  }));
  setup.forgejo.controls.revokeGrant("alice", setup.options.forgejo.clientId);
  setup.clock.aheadMs = pastHalfLifeMs;
  const fresh = other.tokens.fresh(setup.account("alice"));
  await removal.promise;
  await logIn(setup);
  login.resolve();
  t.ok((await fresh).accessToken);
  await stillRefreshes(t, setup);
});

t.test("uses the tokens of a login that is concurrent with the handling of a missing record", async (t) => {
  const setup = await setUpstream(t);
  let isFirst = true;
  const missed = Promise.withResolvers<void>();
  const login = Promise.withResolvers<void>();
  const other = await setup.another({}, (store) => ({
    ...store,
    async read(account) {
      const stored = await store.read(account);
      if (!isFirst) return stored;
      isFirst = false;
      missed.resolve();
      await login.promise;
      return stored;
    },
  }));
  const fresh = other.tokens.fresh(setup.account("alice"));
  await missed.promise;
  await logIn(setup);
  login.resolve();
  t.ok((await fresh).accessToken);
  await stillRefreshes(t, setup);
});
