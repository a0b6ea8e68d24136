import t, { type Test } from "tap";
import { createGrantStore } from "../../src/redis/grant-store.ts";
import { createTokenStore } from "../../src/redis/token-store.ts";
import type { PresentedCredential } from "../../src/grant/token-store.ts";
import type { AccountId, ClientId, GrantId, Hash } from "@fjmcp/shared/ids";
import { connection, privateRedis, unrestricted } from "../support/upstream-setup.ts";

const owner = { grantId: "g" as GrantId, accountId: "7" as AccountId, clientId: "c" as ClientId };
const [code, refresh] = ["code" as Hash, "refresh" as Hash];

/** A living grant with a code and a refresh token; `at` gives a process whose clock shows that second. */
async function setUp(t: Test, { refreshGraceMs = 60_000 } = {}) {
  const redis = await privateRedis(t);
  const own = await connection(t, redis);
  const raw = unrestricted(t, redis);
  const grants = createGrantStore(own, "app");
  await raw.hset("upstream:app:7", "ciphertext", "x");
  await grants.store({ ...owner, payload: JSON.stringify(owner), expiresInSec: 1000 });
  const at = (second: number) => {
    const store = createTokenStore(own, {
      forgejoClientId: "app",
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
          payload: "{}",
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
