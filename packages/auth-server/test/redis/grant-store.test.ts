import t, { type Test } from "tap";
import type { AccountId, ClientId, GrantId, Hash } from "@fjmcp/shared/ids";
import { createGrantStore } from "../../src/redis/grant-store.ts";
import { createTokenStore } from "../../src/redis/token-store.ts";
import { connection, privateRedis, unrestricted } from "../support/upstream-setup.ts";

const accountId = "7" as AccountId;
const daySec = 24 * 3600;

/** A grant store of an account with a vault record, and `claim`, which issues the first token of a grant. */
async function setUp(t: Test, maxGrants?: number) {
  const redis = await privateRedis(t);
  const own = await connection(t, redis);
  const raw = unrestricted(t, redis);
  await raw.hset("upstream:app:7", "ciphertext", "x");
  const grants = createGrantStore(own, "app", Date.now, maxGrants);
  let nowMs = Date.now();
  const tokens = createTokenStore(own, {
    firstForgejoClientId: "app",
    clock: () => nowMs++,
    doubleSubmitMs: 10_000,
    refreshGraceMs: 60_000,
  });
  const owner = (grant: string, client: string) => ({
    grantId: grant as GrantId,
    accountId,
    clientId: client as ClientId,
  });
  const store = (grant: string, client = "c") =>
    grants.store({
      ...owner(grant, client),
      payload: JSON.stringify(owner(grant, client)),
      expiresInSec: 600,
    });
  const claim = (grant: string, token = `${grant}-refresh`, client = "c") =>
    tokens.issue({
      ...owner(grant, client),
      tokens: { refresh: { hash: token as Hash, payload: "{}", expiresInSec: 30 * daySec } },
    });
  return { grants, raw, store, claim };
}

t.test(
  "does the same work to revoke a grant however many other grants and sessions the account has",
  async (t) => {
    const commandsWith = async (others: number) => {
      const { grants, raw, store, claim } = await setUp(t, 1000);
      for (const [grant, client] of [
        ["g", "c"],
        ["same", "c"],
        ...Array.from({ length: others }, (_, i) => [`other-${i}`, `c${i % 5}`] as const),
      ] as const) {
        await store(grant, client);
        await claim(grant, `${grant}-refresh`, client);
        await raw.set(`session:id:s-${grant}`, JSON.stringify({ grantId: grant }));
        await raw.hset("session:of:7", `s-${grant}`, `client ${grant}`);
        await raw.sadd(`session:grant:${grant}`, `s-${grant}`);
      }
      await raw.config("RESETSTAT");
      t.ok(await grants.revoke("g" as GrantId));
      const stats = await raw.info("commandstats");
      return [...stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)]
        .map(([, command, calls]) => `${command} ${calls}`)
        .filter((line) => !/^(config|info|eval|evalsha)\b/.test(line))
        .sort();
    };
    t.same(await commandsWith(200), await commandsWith(3));
  },
);

t.test("deletes every token record of a grant that was refreshed many times", async (t) => {
  const { grants, raw, store, claim } = await setUp(t);
  await store("g");
  for (let i = 0; i < 1200; i++) await claim("g", `refresh-${i}`);
  await grants.revoke("g" as GrantId);
  t.same(await raw.keys("*"), ["revoked-grant:g"]);
});

t.test(
  "names the least recently used grant to evict when an account has as many as it may have",
  async (t) => {
    const { grants, raw, store, claim } = await setUp(t, 3);
    for (const grant of ["a", "b", "c"]) {
      t.match(await store(grant), { outcome: "stored" });
      await claim(grant);
    }
    await claim("a", "a-next");
    t.same(await store("d"), { outcome: "evict", leastRecentlyUsed: "b" });
    t.equal(await raw.exists("grant:d"), 0, "nothing is stored until there is room");
    await grants.revoke("b" as GrantId);
    t.match(await store("d"), { outcome: "stored" });
    t.match(await store("d"), { outcome: "stored" }, "a grant that is stored already needs no room");
  },
);

t.test("never evicts the grant of a login in flight", async (t) => {
  const { grants, store, claim } = await setUp(t, 3);
  for (const grant of ["a", "b"]) await store(grant);
  await store("claimed");
  await claim("claimed");
  t.same(await store("d"), { outcome: "evict", leastRecentlyUsed: "claimed" });
  await grants.revoke("claimed" as GrantId);
  await store("c");
  t.match(await store("d"), { outcome: "full" });
  await claim("a");
  t.same(await store("d"), { outcome: "evict", leastRecentlyUsed: "a" });
});

t.test("does not count expired grants", async (t) => {
  const { raw, store, claim } = await setUp(t, 2);
  for (const grant of ["a", "b"]) {
    await store(grant);
    await claim(grant);
  }
  await raw.del("grant:a", "grant:b");
  t.match(await store("c"), { outcome: "stored" });
  t.same(await raw.zrange("account-grants:7", 0, "-1"), ["c"]);
  t.same(await raw.keys("account-grants-by-use:*"), []);
});

t.test("counts personal tokens apart, 50 at most, and never evicts one", async (t) => {
  const { grants, store, claim } = await setUp(t, 2);
  const storeToken = (grant: string) =>
    grants.store({
      grantId: grant as GrantId,
      accountId,
      payload: JSON.stringify({ grantId: grant, accountId, clientId: "c" }),
      expiresInSec: 600,
      isPersonalToken: true,
    });
  for (let i = 0; i < 50; i += 1) {
    t.equal((await storeToken(`token-${i}`)).outcome, "stored");
    await claim(`token-${i}`);
  }
  t.equal((await storeToken("token-50")).outcome, "full");
  for (const grant of ["one", "two"]) {
    t.equal((await store(grant)).outcome, "stored");
    await claim(grant);
  }
  t.match(await store("three"), { outcome: "evict", leastRecentlyUsed: "one" });
  await grants.revoke("token-7" as GrantId);
  t.equal((await storeToken("token-50")).outcome, "stored", "a revoked one makes room");
  t.match(await store("three"), { outcome: "evict", leastRecentlyUsed: "one" }, "for tokens alone");
});

t.test("keeps the last five tools of a grant, with it alone", async (t) => {
  const { grants, raw, store, claim } = await setUp(t);
  await store("g");
  await claim("g");
  const called = (tools: string[], grant = "g") =>
    grants.recordUses([{ grantId: grant as GrantId, accountId, usedAtMs: Date.now(), tools }]);
  const kept = () => raw.lrange("grant-tools:g", 0, "-1");
  await called(["c", "b", "a"]);
  t.same(await kept(), ["c", "b", "a"]);
  await called(["b", "d"]);
  t.same(await kept(), ["b", "d", "c", "a"]);
  await called(["f", "e"]);
  t.same(await kept(), ["f", "e", "b", "d", "c"]);
  t.ok((await raw.ttl("grant-tools:g")) <= (await raw.ttl("grant:g")));
  await called(["a"], "unknown");
  await grants.revoke("g" as GrantId);
  await called(["a"]);
  t.same(await raw.keys("grant-tools:*"), []);
});
