import t, { type Test } from "tap";
import { createGrantStore } from "../../src/redis/grant-store.ts";
import { createTokenStore } from "../../src/redis/token-store.ts";
import type { PresentedCredential } from "../../src/grant/token-store.ts";
import type { AccountId, ClientId, GrantId, Hash } from "@fjmcp/shared/ids";
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
  const raw = unrestricted(t, redis);
  const grants = createGrantStore(own, "app", Date.now);
  await raw.hset("upstream:app:7", "ciphertext", "x");
  await grants.store({ ...owner, payload: JSON.stringify({ ...owner, ...access }), expiresInSec: 1000 });
  const at = (second: number) => {
    const store = createTokenStore(own, {
      firstForgejoClientId: "app",
      clock: () => second * 1000,
      doubleSubmitMs: 10_000,
      refreshGraceMs,
    });
    return {
      ...store,
      put: (kind: "access" | "refresh" | "code", name: string, source?: PresentedCredential) =>
        store.store({
          ...owner,
          kind,
          hash: name as Hash,
          payload: JSON.stringify({ scope: "forgejo:read forgejo:write", iat: 1, exp: 1_800_000_000 }),
          expiresInSec: 60,
          ...(source !== undefined && { source }),
        }),
    };
  };
  await at(0).put("code", code);
  await at(0).put("refresh", refresh);
  return { at, raw, grants };
}

const outcome = async (response: Promise<{ outcome: string }>) => (await response).outcome;

t.test(
  "redeems a code again after the window when the first redemption broke off before it issued tokens",
  async (t) => {
    const { at } = await setUp(t);
    t.equal(await outcome(at(0).redeemCode(code)), "redeemed");
    t.equal(await outcome(at(9).redeemCode(code)), "double_submit");
    t.equal(await outcome(at(10).redeemCode(code)), "redeemed");
    t.equal(await outcome(at(19).redeemCode(code)), "double_submit", "the window is the new one's");
    t.equal(
      await at(19).put("access", "a", {
        kind: "code",
        hash: code,
        redeemedAtMs: 10_000,
        completesResponse: false,
      }),
      "stored",
    );
    t.equal(await outcome(at(20).redeemCode(code)), "redeemed", "half an response was never sent");
    await at(20).put("access", "a2", {
      kind: "code",
      hash: code,
      redeemedAtMs: 20_000,
      completesResponse: false,
    });
    await at(20).put("refresh", "r2", {
      kind: "code",
      hash: code,
      redeemedAtMs: 20_000,
      completesResponse: true,
    });
    t.equal(await outcome(at(29).redeemCode(code)), "double_submit");
    t.equal(await outcome(at(30).redeemCode(code)), "replay");
  },
);

t.test("rejects the tokens of a slow redemption once another one has redeemed the code", async (t) => {
  const { at, raw } = await setUp(t);
  const slow = { kind: "code", hash: code, redeemedAtMs: 0 } as const;
  await at(0).redeemCode(code);
  t.equal(await at(0).put("access", "slow-a", { ...slow, completesResponse: false }), "stored");
  await at(11).redeemCode(code);
  t.equal(await at(11).put("refresh", "slow-r", { ...slow, completesResponse: true }), "rejected");
  t.notOk(await raw.exists("token:refresh:slow-r"));
  t.equal(
    await at(12).put("access", "a", {
      kind: "code",
      hash: code,
      redeemedAtMs: 11_000,
      completesResponse: true,
    }),
    "stored",
  );
  await raw.del(`token:code:${code}`);
  t.equal(
    await at(70).put("refresh", "slow-r", { ...slow, completesResponse: true }),
    "rejected",
    "nor when the code is gone",
  );
});

t.test("keeps a code that is redeemed in its last second for the window", async (t) => {
  const { at, raw } = await setUp(t);
  await raw.expire(`token:code:${code}`, 1);
  await at(59).redeemCode(code);
  t.ok((await raw.pttl(`token:code:${code}`)) > 5000);
});

t.test("rotates again, however late, when the access token of a rotation was never stored", async (t) => {
  const { at } = await setUp(t);
  const source = { kind: "refresh", hash: refresh } as const;
  await at(0).rotateRefreshToken(refresh);
  await at(0).put("refresh", "successor", { ...source, completesResponse: false });
  t.equal(await outcome(at(100).rotateRefreshToken(refresh)), "rotated");
  await at(100).put("access", "a", { ...source, completesResponse: true });
  t.equal(await outcome(at(159).rotateRefreshToken(refresh)), "rotated", "inside the grace");
  t.equal(await outcome(at(160).rotateRefreshToken(refresh)), "replay");
});

t.test(
  "does not count a retry as a replay with a short grace period before a response is complete",
  async (t) => {
    for (const graceSec of [0, 5]) {
      const { at } = await setUp(t, { refreshGraceMs: graceSec * 1000 });
      const source = { kind: "refresh", hash: refresh } as const;
      await at(0).rotateRefreshToken(refresh);
      await at(0).put("refresh", "successor", { ...source, completesResponse: false });
      t.equal(await outcome(at(graceSec).rotateRefreshToken(refresh)), "pending");
      t.equal(await outcome(at(9).rotateRefreshToken(refresh)), "pending");
      t.equal(await outcome(at(10).rotateRefreshToken(refresh)), "rotated", "it was lost");
      t.equal(await outcome(at(10 + graceSec).rotateRefreshToken(refresh)), "pending", "and lost again");
      await at(10 + graceSec).put("access", "a", { ...source, completesResponse: true });
      t.equal(await outcome(at(10 + graceSec).rotateRefreshToken(refresh)), "replay");
    }
  },
);

t.test("keeps living tokens in the grant's index when a process's clock is ahead", async (t) => {
  const { at, raw, grants } = await setUp(t);
  await at(61 + 60).put("access", "a");
  await grants.revoke(owner.grantId);
  t.same(await raw.keys("token:*"), []);
});

t.test("keeps a rotated refresh token for a day once its response is complete, and not before", async (t) => {
  const { at, raw, grants } = await setUp(t);
  const daySec = 24 * 3600;
  const long = "long" as Hash;
  const token = { ...owner, kind: "refresh", hash: long, payload: "{}", expiresInSec: 30 * daySec } as const;
  await at(0).store(token);
  await at(0).rotateRefreshToken(long);
  const source = { kind: "refresh", hash: long } as const;
  await at(0).put("refresh", "successor", { ...source, completesResponse: false });
  t.ok((await raw.ttl(`token:refresh:${long}`)) > 29 * daySec, "its client may hold no successor");
  await at(0).put("access", "a", { ...source, completesResponse: true });
  const rotatedSec = await raw.ttl(`token:refresh:${long}`);
  t.ok(rotatedSec > daySec - 60 && rotatedSec <= daySec);
  t.equal(await outcome(at(61).rotateRefreshToken(long)), "replay", "its replay is recognised");
  await grants.revoke(owner.grantId);
  t.same(await raw.keys("token:*"), []);
});

t.test("keeps a refresh token that is rotated in its last moment for its grace", async (t) => {
  const { at, raw } = await setUp(t);
  const payload = JSON.stringify({ exp: 62, iat: 2 });
  await at(0).store({ ...owner, kind: "refresh", hash: "late" as Hash, payload, expiresInSec: 60 });
  await raw.expire("token:refresh:late", 2);
  await at(60).rotateRefreshToken("late" as Hash);
  t.ok((await raw.ttl("token:refresh:late")) > 50);
  t.equal(await at(100).find("refresh", "late" as Hash), JSON.stringify({ exp: 120, iat: 2 }));
});

t.test("keeps the 5 newest access tokens of a rotation and the 20 newest of a grant", async (t) => {
  const { at, raw } = await setUp(t);
  const living = async () =>
    (await raw.keys("token:access:*")).map((key) => key.replace("token:access:", "")).sort();
  for (let rotation = 0; rotation < 6; rotation++) {
    const token = `r${rotation}` as Hash;
    await at(0).put("refresh", token);
    for (let repeat = 0; repeat < 8; repeat++) {
      t.equal(await outcome(at(1).rotateRefreshToken(token)), "rotated", "a repeat is never rejected");
      const source = { kind: "refresh", hash: token, completesResponse: true } as const;
      t.equal(await at(1).put("access", `a${rotation}.${repeat}`, source), "stored");
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
    const store = at(i);
    await store.rotateRefreshToken(previous as Hash);
    const next = `refresh-${i}`;
    await store.put("refresh", next, { kind: "refresh", hash: previous as Hash, completesResponse: true });
    previous = next;
  }
  t.equal((await raw.keys("token:refresh:*")).length, 100);
  t.equal(await raw.zcard("grant-tokens:g"), 100);
  t.equal(await outcome(at(151).rotateRefreshToken(previous as Hash)), "rotated", "the newest is alive");
  t.ok(await at(151).find("refresh", "refresh-60" as Hash), "and so are rotated ones, to detect a replay");
  t.equal(await at(151).find("refresh", refresh), undefined);
});
