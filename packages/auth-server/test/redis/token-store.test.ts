import t, { type Test } from "tap";
import { createGrantStore } from "../../src/redis/grant-store.ts";
import { createTokenStore } from "../../src/redis/token-store.ts";
import type { PresentedCredential } from "../../src/grant/token-store.ts";
import type { AccountId, ClientId, GrantId, Hash } from "@fjmcp/shared/ids";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { StoreUnavailableError } from "@fjmcp/shared/redis/store-unavailable-error";
import { connection, privateRedis, unrestricted } from "../support/upstream-setup.ts";

const owner = { grantId: "g" as GrantId, accountId: "7" as AccountId, clientId: "c" as ClientId };
const access = {
  scope: "forgejo:read",
  requestedScope: "forgejo:read forgejo:write",
  toolsets: ["issues", "code"],
};
const [code, refresh] = ["code" as Hash, "refresh" as Hash];

/** A living grant with a code and a refresh token; `at` gives a process whose clock shows that second. */
async function setUp(t: Test, { refreshGraceMs = 60_000 } = {}) {
  const redis = await privateRedis(t);
  const own = await connection(t, redis);
  let clockSec = 0;
  const raw = unrestricted(t, redis);
  const grants = createGrantStore(own, "app", Date.now);
  await raw.hset("upstream:app:7", "ciphertext", "x");
  await grants.store({ ...owner, payload: JSON.stringify({ ...owner, ...access }), expiresInSec: 1000 });
  const at = (second: number, connectionAt: RedisConnection = own) => {
    clockSec = second;
    const store = createTokenStore(connectionAt, {
      firstForgejoClientId: "app",
      clock: () => clockSec * 1000,
      doubleSubmitMs: 10_000,
      refreshGraceMs,
    });
    return {
      ...store,
      put: (names: Partial<Record<"access" | "refresh" | "code", string>>, source?: PresentedCredential) =>
        store.issue({
          ...owner,
          tokens: Object.fromEntries(
            Object.entries(names).map(([kind, name]) => [kind, record(name, 60)] as const),
          ),
          ...(source !== undefined && { source }),
        }),
      /** Exchanges a refresh token for a successor and an access token. */
      rotate: (token: string, successor: string, access = `${successor}-access`) =>
        store.issue({
          ...owner,
          tokens: { access: record(access, 60), refresh: record(successor, 60) },
          source: { kind: "refresh", hash: token as Hash },
        }),
    };
  };
  await at(0).put({ code });
  await at(0).put({ refresh });
  /** A connection that is lost at the next commands, and back after so many seconds. */
  const lostFor = (seconds: number): RedisConnection => {
    let isLost = true;
    return {
      ...own,
      async run(commands) {
        if (!isLost) return own.run(commands);
        isLost = false;
        clockSec += seconds;
        throw new StoreUnavailableError({ cause: new Error("lost") });
      },
    };
  };
  return { at, raw, grants, lostFor };
}

function record(name: string, expiresInSec: number) {
  const payload = JSON.stringify({ scope: "forgejo:read forgejo:write", iat: 1, exp: 1_800_000_000 });
  return { hash: name as Hash, payload, expiresInSec };
}

t.test("redeems a code with its tokens: once, then a double submit, after the window a replay", async (t) => {
  const { at, raw } = await setUp(t);
  const source = { kind: "code", hash: code } as const;
  t.equal(await at(0).put({ access: "a", refresh: "r" }, source), "issued");
  t.equal(await at(9).put({ access: "b", refresh: "s" }, source), "double_submit");
  t.equal(await at(10).put({ access: "c", refresh: "u" }, source), "replay");
  t.same((await raw.keys("token:access:*")).concat(await raw.keys("token:refresh:[su]")), ["token:access:a"]);
  t.equal(await raw.hget(`token:code:${code}`, "redeemedAtMs"), "0", "repeats do not extend the window");
});

t.test("repeats a redemption whose reply was lost", async (t) => {
  const { at, raw } = await setUp(t);
  const source = { kind: "code", hash: code } as const;
  t.equal(await at(0).put({ access: "a", refresh: "r" }, source), "issued");
  t.equal(await at(5).put({ access: "a", refresh: "r" }, source), "issued");
  t.equal(await raw.llen("grant-access-tokens:g"), 1);
});

t.test("rejects the tokens of a code that is gone, undecided or of another grant", async (t) => {
  const { at, raw } = await setUp(t);
  await raw.hset("device-code:undecided", "payload", "{}");
  await raw.hset("token:code:foreign", "payload", "{}", "grant", "other");
  for (const [kind, name] of [
    ["code", "gone"],
    ["code", "foreign"],
    ["device_code", "undecided"],
  ] as const) {
    t.equal(await at(0).put({ access: "a" }, { kind, hash: name as Hash }), "rejected", name);
  }
  t.notOk(await raw.exists("token:access:a", "token:code:gone"));
});

t.test("keeps a code that is redeemed in its last second for the window", async (t) => {
  const { at, raw } = await setUp(t);
  await raw.expire(`token:code:${code}`, 4);
  await at(59).put({ access: "a" }, { kind: "code", hash: code });
  t.ok((await raw.pttl(`token:code:${code}`)) > 5000);
});

t.test("rotates a refresh token with its successor: again inside the grace, a replay after it", async (t) => {
  const { at, raw } = await setUp(t);
  t.equal(await at(0).rotate(refresh, "successor", "a"), "issued");
  t.equal(await at(59).rotate(refresh, "successor", "b"), "issued");
  t.equal(await at(60).rotate(refresh, "successor", "c"), "replay");
  t.notOk(await raw.exists("token:access:c"));
  t.equal(await raw.hget(`token:refresh:${refresh}`, "rotatedAtMs"), "0", "repeats do not extend the grace");
  t.equal(await at(60).rotate("unknown", "other"), "rejected");
  t.notOk(await raw.exists("token:refresh:other"));
});

t.test("repeats a request whose reply was lost, also without a grace period", async (t) => {
  const { at, raw } = await setUp(t, { refreshGraceMs: 0 });
  t.equal(await at(0).rotate(refresh, "successor", "a"), "issued");
  t.equal(
    await at(1).rotate(refresh, "successor", "a"),
    "issued",
    "the access token tells that it is the same",
  );
  t.equal(await raw.llen("grant-access-tokens:g"), 1);
  t.equal(await at(1).rotate(refresh, "successor", "b"), "replay");
});

t.test("counts a request as of its first attempt while Redis is away", async (t) => {
  const { at, lostFor } = await setUp(t, { refreshGraceMs: 2000 });
  t.equal(await at(0).rotate(refresh, "successor", "a"), "issued");
  t.equal(await at(1, lostFor(4)).rotate(refresh, "successor", "b"), "issued", "inside the grace");
  const source = { kind: "code", hash: code } as const;
  t.equal(await at(20).put({ access: "c" }, source), "issued");
  t.equal(await at(29, lostFor(4)).put({ access: "d" }, source), "double_submit", "inside the window");
});

t.test("rejects a rotation in a grant that is not alive, or in another one", async (t) => {
  const { at, raw, grants } = await setUp(t);
  await raw.hset("token:refresh:foreign", "payload", "{}", "grant", "other");
  t.equal(await at(0).rotate("foreign", "successor"), "rejected");
  const [payload, state] = [await raw.get("grant:g"), await raw.hgetall(`token:refresh:${refresh}`)];
  await grants.revoke(owner.grantId);
  // As a request in flight has read them: the tombstone decides.
  await raw.set("grant:g", payload!);
  await raw.hset(`token:refresh:${refresh}`, state);
  t.equal(await at(0).rotate(refresh, "successor"), "rejected");
  t.notOk(await raw.exists("token:refresh:successor", "token:access:successor-access"));
});

t.test("keeps living tokens in the grant's index when a process's clock is ahead", async (t) => {
  const { at, raw, grants } = await setUp(t);
  await at(61 + 60).put({ access: "a" });
  await grants.revoke(owner.grantId);
  t.same(await raw.keys("token:*"), []);
});

t.test("keeps a rotated refresh token for a day", async (t) => {
  const { at, raw, grants } = await setUp(t);
  const daySec = 24 * 3600;
  const long = "long" as Hash;
  await at(0).issue({ ...owner, tokens: { refresh: record(long, 30 * daySec) } });
  t.ok((await raw.ttl(`token:refresh:${long}`)) > 29 * daySec);
  await at(0).rotate(long, "successor");
  const rotatedSec = await raw.ttl(`token:refresh:${long}`);
  t.ok(rotatedSec > daySec - 60 && rotatedSec <= daySec);
  t.equal(await at(61).rotate(long, "successor", "b"), "replay", "its replay is recognised");
  await grants.revoke(owner.grantId);
  t.same(await raw.keys("token:*"), []);
});

t.test("keeps a refresh token that is rotated in its last moment for its grace", async (t) => {
  const { at, raw } = await setUp(t);
  const payload = JSON.stringify({ exp: 62, iat: 2 });
  await at(0).issue({ ...owner, tokens: { refresh: { ...record("late", 60), payload } } });
  await raw.expire("token:refresh:late", 20);
  await at(60).rotate("late", "successor");
  t.ok((await raw.ttl("token:refresh:late")) > 50);
  t.match(await at(100).findPresented("refresh", "late" as Hash), {
    payload: JSON.stringify({ exp: 120, iat: 2 }),
  });
});

t.test("keeps the 5 newest access tokens of a rotation and the 20 newest of a grant", async (t) => {
  const { at, raw } = await setUp(t);
  const living = async () =>
    (await raw.keys("token:access:*")).map((key) => key.replace("token:access:", "")).sort();
  for (let rotation = 0; rotation < 6; rotation++) {
    const token = `r${rotation}` as Hash;
    await at(0).put({ refresh: token });
    for (let repeat = 0; repeat < 8; repeat++) {
      const access = `a${rotation}.${repeat}`;
      t.equal(await at(1).rotate(token, `${token}-next`, access), "issued", "a repeat is never rejected");
    }
    if (rotation === 0) t.same(await living(), ["a0.3", "a0.4", "a0.5", "a0.6", "a0.7"]);
  }
  const newest = [2, 3, 4, 5].flatMap((rotation) =>
    [3, 4, 5, 6, 7].map((repeat) => `a${rotation}.${repeat}`),
  );
  t.same(await living(), newest);
  t.equal(await raw.llen("grant-access-tokens:g"), 20);
});

t.test("keeps the 100 newest refresh tokens of a grant, however often it is refreshed", async (t) => {
  const { at, raw } = await setUp(t);
  let previous: string = refresh;
  for (let i = 0; i < 150; i += 1) {
    const next = `refresh-${i}`;
    await at(i).rotate(previous, next);
    previous = next;
  }
  t.equal((await raw.keys("token:refresh:*")).length, 100);
  t.equal(await raw.zcard("grant-tokens:g"), 100);
  t.equal(await at(151).rotate(previous, "newest"), "issued", "the newest is alive");
  t.ok(
    await at(151).findPresented("refresh", "refresh-60" as Hash),
    "and so are rotated ones, to detect a replay",
  );
  t.equal(await at(151).findPresented("refresh", refresh), undefined);
});

t.test(
  "finds a token with its grant, and what is known of the Forgejo tokens of a refresh token",
  async (t) => {
    const { at, raw } = await setUp(t);
    const grant = { ...owner, ...access };
    const unknown = { checkedSec: 0, renewAtSec: 0 };
    const found = await at(0).findPresented("refresh", refresh);
    t.same(JSON.parse(found?.grant ?? ""), grant);
    t.same(found?.upstream, unknown);
    await raw.hset("upstream:app:7", "checkedSec", "12.5", "renewAt", "99.5");
    await raw.hset("upstream:second:7", "checkedSec", "13");
    t.match(await at(0).findPresented("refresh", refresh), {
      upstream: { checkedSec: 12.5, renewAtSec: 99.5 },
    });
    t.match(await at(0).findPresented("code", code), { upstream: unknown });
    await raw.set("grant:g", JSON.stringify({ ...grant, forgejoClientId: "second" }));
    t.match(await at(0).findPresented("refresh", refresh), { upstream: { checkedSec: 13, renewAtSec: 0 } });
    await raw.del("grant:g");
    t.match(await at(0).findPresented("refresh", refresh), { grant: undefined, upstream: unknown });
  },
);
