import t, { type Test } from "tap";
import { LoginRequiredError } from "../../../src/upstream/errors/login-required-error.ts";
import type { UpstreamRecordStore } from "../../../src/upstream/vault/upstream-record-store.ts";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { logIn, setUpstream, unrestricted, type UpstreamSetup } from "../../support/upstream-setup.ts";

const pastHalfLifeMs = 1810 * 1000;

/** A store whose `write` waits for `gate`; `reached` settles when the first write comes to it. */
function held() {
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

function counts({ forgejo, config }: UpstreamSetup) {
  const { refreshes, rejectedRefreshes } = forgejo.controls.counts;
  return [forgejo.controls.grantOf("alice", config.forgejo.clientId)?.counter, refreshes, rejectedRefreshes];
}

async function stillRefreshes(t: Test, setup: UpstreamSetup): Promise<void> {
  setup.clock.aheadMs += pastHalfLifeMs;
  t.ok((await setup.upstream.tokens.fresh(setup.account("alice"))).accessToken);
  t.same(setup.ended, []);
}

t.test(
  "Forgejo does the exchange first, and its tokens are stored late: the refused refresh waits for them",
  async (t) => {
    const setup = await setUpstream(t);
    await logIn(setup);
    const login = held();
    const other = await setup.another({}, login.wrap);
    const code = await setup.codeFor(setup.person("alice"));
    const completed = other.login.complete(...code);
    await login.reached;
    setup.clock.aheadMs = pastHalfLifeMs;
    const fresh = setup.upstream.tokens.fresh(setup.account("alice"));
    await waitUntil(
      "the refresh should be refused",
      () => setup.forgejo.controls.counts.rejectedRefreshes === 1,
    );
    setup.clock.aheadMs = 0;
    login.open();
    t.ok((await fresh).accessToken);
    t.equal((await completed).login, "alice");
    await stillRefreshes(t, setup);
  },
);

t.test(
  "Forgejo does the refresh first, and its tokens are stored last: they do not overwrite the login's",
  async (t) => {
    const setup = await setUpstream(t);
    await logIn(setup);
    const refresh = held();
    const other = await setup.another({}, refresh.wrap);
    const code = await setup.codeFor(setup.person("alice"));
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

t.test("a refresh whose account was disconnected meanwhile does not bring the record back", async (t) => {
  const setup = await setUpstream(t);
  await logIn(setup);
  const refresh = held();
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

t.test("a login that crosses a death is not killed by it: what it stored is used", async (t) => {
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
  setup.forgejo.controls.revokeGrant("alice", setup.config.forgejo.clientId);
  setup.clock.aheadMs = pastHalfLifeMs;
  const fresh = other.tokens.fresh(setup.account("alice"));
  await removal.promise;
  await logIn(setup);
  login.resolve();
  t.ok((await fresh).accessToken);
  await stillRefreshes(t, setup);
});

t.test("a login that crosses the finding of no record is not killed either", async (t) => {
  const setup = await setUpstream(t);
  let isFirst = true;
  const missed = Promise.withResolvers<void>();
  const login = Promise.withResolvers<void>();
  const other = await setup.another({}, (store) => ({
    ...store,
    async read(account) {
      const sealed = await store.read(account);
      if (!isFirst) return sealed;
      isFirst = false;
      missed.resolve();
      await login.promise;
      return sealed;
    },
  }));
  const fresh = other.tokens.fresh(setup.account("alice"));
  await missed.promise;
  await logIn(setup);
  login.resolve();
  t.ok((await fresh).accessToken);
  await stillRefreshes(t, setup);
});
