import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { AccountId, ClientId, GrantId } from "@fjmcp/shared/ids";
import {
  Authenticator,
  type AuthenticationCache,
  type AuthenticationResult,
} from "../../src/auth/authenticator.ts";
import { GenerationalCache } from "../../src/auth/generational-cache.ts";

const resource = "https://mcp.example.org/mcp";
/** Long enough that a busy machine misses no generation. */
const ttlMs = 2_000;
const token = "Bearer abc";

/** An Authenticator on records that a test holds back and changes. */
function setUp({ invalidatesCache = true, expiresInMs = 3600_000 } = {}) {
  const store = {
    reads: 0,
    isKnown: true,
    /** Awaited by each read, after it has looked the record up. */
    reply: Promise.resolve() as Promise<unknown>,
  };
  const record = JSON.stringify({
    kind: "AccessToken",
    accountId: "1",
    clientId: "client",
    grantId: "grant",
    aud: resource,
    scope: "forgejo:read",
    requestedScope: "forgejo:read",
    toolsets: ["issues"],
    iat: 0,
    exp: expiresInMs / 1000,
  });
  const sessionText = JSON.stringify({
    accountId: "1",
    grantId: "grant",
    clientId: "client",
    protocolVersion: "2025-11-25",
    clientName: "",
    clientVersion: "",
    createdAtSec: 0,
  });
  const cache: AuthenticationCache = new GenerationalCache(ttlMs, 10, ({ owner }) => owner.accountId);
  const authenticator = new Authenticator({
    records: {
      invalidatesCache,
      async read(_token, session) {
        store.reads++;
        const found = store.isKnown ? record : undefined;
        await store.reply;
        const isSession = session !== undefined && session !== sha256Hex("no-such-session");
        return { token: found, session: isSession ? sessionText : undefined };
      },
    },
    cache,
    resource,
    clock: () => 0,
    takeOver: async (session) => session,
    onSessionUsed: () => undefined,
    onUsed: () => undefined,
    onVerified: () => undefined,
  });
  return { authenticator, cache, store };
}

/** A session that was stored just now. */
const opened = {
  hash: sha256Hex("opened"),
  record: {
    accountId: "1" as AccountId,
    grantId: "grant" as GrantId,
    clientId: "client" as ClientId,
    protocolVersion: "2025-11-25",
    clientName: "",
    clientVersion: "",
    createdAtSec: 0,
  },
};

function isSuccess(result: AuthenticationResult | Promise<AuthenticationResult>): boolean {
  return typeof result === "object" && !(result instanceof Promise);
}

t.test("returns a cache hit without a promise", async (t) => {
  const { authenticator, store } = setUp();
  t.ok(isSuccess(await authenticator.authenticate(token, undefined)));
  t.ok(isSuccess(authenticator.authenticate(token, undefined)));
  t.equal(store.reads, 1);
});

t.test("shares one lookup among concurrent requests", async (t) => {
  const { authenticator, store } = setUp();
  const results = await Promise.all([1, 2, 3].map(async () => authenticator.authenticate(token, undefined)));
  t.ok(results.every(isSuccess));
  t.equal(store.reads, 1);
});

t.test("serves the cached result in the second TTL, while it is refreshed", async (t) => {
  const { authenticator, store } = setUp();
  await authenticator.authenticate(token, undefined);
  await sleep(ttlMs + 50);
  store.isKnown = false;
  t.ok(isSuccess(authenticator.authenticate(token, undefined)));
  await sleep(10);
  t.equal(store.reads, 2);
  t.equal(await authenticator.authenticate(token, undefined), "invalid_token");
});

t.test("serves no cached result once its refresh has failed, and the failure is handled", async (t) => {
  const { authenticator, store } = setUp();
  await authenticator.authenticate(token, undefined);
  await sleep(ttlMs + 50);
  store.reply = Promise.reject(new Error("unavailable"));
  t.ok(isSuccess(authenticator.authenticate(token, undefined)));
  await sleep(10);
  await t.rejects(Promise.resolve(authenticator.authenticate(token, undefined)), { message: "unavailable" });
});

t.test("clear() detaches a lookup in flight: it is neither shared nor cached", async (t) => {
  const { authenticator, cache, store } = setUp();
  const held = Promise.withResolvers<void>();
  store.reply = held.promise;
  const before = authenticator.authenticate(token, undefined);
  cache.clear();
  store.isKnown = false;
  store.reply = Promise.resolve();
  t.equal(await authenticator.authenticate(token, undefined), "invalid_token");
  held.resolve();
  t.ok(isSuccess(await before));
  t.equal(await authenticator.authenticate(token, undefined), "invalid_token");
});

t.test("invalidates the sessions that have changed, and no other", async (t) => {
  const { authenticator, store } = setUp();
  const [first, second] = ["first", "second"];
  await authenticator.authenticate(token, first);
  await authenticator.authenticate(token, second);
  authenticator.invalidate([sha256Hex(first)]);
  t.ok(isSuccess(authenticator.authenticate(token, second)));
  t.equal(store.reads, 2);
  t.notOk(isSuccess(authenticator.authenticate(token, first)));
  t.equal(store.reads, 3);
});

t.test("neither shares nor caches a lookup in flight for a session that changes", async (t) => {
  const { authenticator, store } = setUp();
  const held = Promise.withResolvers<void>();
  store.reply = held.promise;
  const before = authenticator.authenticate(token, "first");
  authenticator.invalidate([sha256Hex("first")]);
  store.isKnown = false;
  store.reply = Promise.resolve();
  t.equal(await authenticator.authenticate(token, "first"), "invalid_token");
  held.resolve();
  t.ok(isSuccess(await before));
  t.equal(await authenticator.authenticate(token, "first"), "invalid_token");
});

t.test("the first request of a session that was stored meanwhile needs no lookup", async (t) => {
  const { authenticator, store } = setUp();
  await authenticator.authenticate(token, undefined);
  authenticator.beforeSession(token)("opened", opened);
  const first = authenticator.authenticate(token, "opened");
  t.match(first, { session: opened, owner: { grantId: "grant" } });
  t.notOk(isSuccess(authenticator.authenticate("Bearer another", "opened")), "with no other token");
  t.equal(store.reads, 2);
});

t.test("it needs one when anything has changed meanwhile", async (t) => {
  const changes: Record<string, (setup: ReturnType<typeof setUp>) => unknown> = {
    "the records": ({ cache }) => cache.clear(),
    "a session": ({ authenticator }) => authenticator.invalidate([sha256Hex("opened")]),
    "nothing but the time": () => sleep(2 * ttlMs + 50),
  };
  for (const [name, change] of Object.entries(changes)) {
    const setup = setUp();
    await setup.authenticator.authenticate(token, undefined);
    const remember = setup.authenticator.beforeSession(token);
    await change(setup);
    remember("opened", opened);
    t.notOk(isSuccess(setup.authenticator.authenticate(token, "opened")), name);
  }
});

t.test("it needs one when the token was not cached itself", async (t) => {
  for (const setup of [setUp({ invalidatesCache: false }), setUp({ expiresInMs: 2 * ttlMs }), setUp()]) {
    const { authenticator } = setup;
    await authenticator.authenticate(token, "another session");
    authenticator.beforeSession(token)("opened", opened);
    authenticator.beforeSession(undefined)("opened", opened);
    t.notOk(isSuccess(authenticator.authenticate(token, "opened")));
  }
});

t.test("caches nothing but a full success", async (t) => {
  const { authenticator, cache, store } = setUp();
  await authenticator.authenticate(token, "no-such-session");
  store.isKnown = false;
  await authenticator.authenticate("Bearer unknown", undefined);
  await authenticator.authenticate("Basic abc", undefined);
  t.equal(cache.current().size, 0);
});

t.test("does not cache a token that expires within two TTLs", async (t) => {
  const { authenticator, cache } = setUp({ expiresInMs: 2 * ttlMs });
  t.ok(isSuccess(await authenticator.authenticate(token, undefined)));
  t.equal(cache.current().size, 0);
});

t.test("reads the records for each request while the store reports no changes", async (t) => {
  const { authenticator, store } = setUp({ invalidatesCache: false });
  await authenticator.authenticate(token, undefined);
  await authenticator.authenticate(token, undefined);
  t.equal(store.reads, 2);
});
