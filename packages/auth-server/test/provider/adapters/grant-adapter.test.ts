import t from "tap";
import type { AccountId, ClientId, GrantId, Hash } from "@fjmcp/shared/ids";
import { createGrantRevoker } from "../../../src/grant/grant-revoker.ts";
import { TooManyPersonalTokensError } from "../../../src/grant/too-many-personal-tokens-error.ts";
import { TooManyLoginsError } from "../../../src/grant/too-many-logins-error.ts";
import { createGrantAdapter } from "../../../src/provider/adapters/grant-adapter.ts";
import { noRateLimiter } from "../../../src/rate-limit/rate-limiter.ts";
import { createGrantStore } from "../../../src/redis/grant-store.ts";
import { createTokenStore } from "../../../src/redis/token-store.ts";
import { connection, privateRedis, unrestricted } from "../../support/upstream-setup.ts";

const owner = { accountId: "7" as AccountId, clientId: "c" as ClientId };

t.test(
  "revokes the least recently used grant of 100, with its own reason, before it stores another",
  async (t) => {
    const redis = await privateRedis(t);
    const own = await connection(t, redis);
    const raw = unrestricted(t, redis);
    await raw.hset("upstream:app:7", "ciphertext", "x");
    const store = createGrantStore(own, "app", Date.now);
    const revoked: unknown[] = [];
    const notified: unknown[] = [];
    const revocation = createGrantRevoker({
      store,
      sessionDaemon: { endGrants: async (grants) => void notified.push(...grants) },
      sessions: { endAll: async () => undefined },
      deleteForgejoTokens: async () => undefined,
      history: { ended: async () => undefined },
      events: {
        grantRevoked: (grant) => void revoked.push(grant),
        sessionDaemonNotifyFailed: () => undefined,
      },
    });
    const adapter = createGrantAdapter(store, revocation, noRateLimiter);
    const tokens = createTokenStore(own, {
      firstForgejoClientId: "app",
      clock: Date.now,
      doubleSubmitMs: 10_000,
      refreshGraceMs: 60_000,
    });
    const save = (grant: string) => adapter.upsert!(grant, { ...owner, jti: grant }, 600);
    const living = async () => (await raw.keys("grant:*")).length;

    await save("in-flight");
    for (let i = 0; i < 99; i++) {
      await save(`g${i}`);
      const refresh = { hash: `r${i}` as Hash, payload: "{}", expiresInSec: 600 };
      await tokens.issue({ ...owner, grantId: `g${i}` as GrantId, tokens: { refresh } });
    }
    t.equal(await living(), 100);
    t.same(revoked, []);
    await Promise.all([save("new-1"), save("new-2")]);
    t.equal(await living(), 100);
    t.match(revoked, [
      { grantId: "g0", reason: "evicted" },
      { grantId: "g1", reason: "evicted" },
    ]);
    t.same(notified, ["g0", "g1"]);
    t.ok(await raw.exists("grant:in-flight"), "a login in flight is never evicted");
    t.notOk(await raw.exists("token:refresh:r0"));

    for (let i = 0; i < 97; i++) await save(`flood-${i}`);
    await t.rejects(save("one-more"), TooManyLoginsError);
    t.equal(await living(), 100);
  },
);

t.test("limits new personal tokens of an account, and nothing else", async (t) => {
  const redis = await privateRedis(t);
  const own = await connection(t, redis);
  await unrestricted(t, redis).hset("upstream:app:7", "ciphertext", "x");
  const consumed: string[] = [];
  const limiter = {
    consume: async (limit: string, subject: string) => {
      consumed.push(`${limit} ${subject}`);
      return consumed.length > 2 ? 42 : undefined;
    },
  };
  const revocation = {
    revoke: async () => false,
    revokeAll: async () => 0,
    revokeAccount: async () => 0,
    grantsOf: async () => [],
    grantsOn: async () => [],
  };
  const adapter = createGrantAdapter(createGrantStore(own, "app", Date.now), revocation, limiter);
  const personalToken = { name: "ci", expiresAtSec: 1 };
  const make = (grant: string) => adapter.upsert!(grant, { ...owner, jti: grant, personalToken }, 600);
  await make("one");
  await make("two");
  await adapter.upsert!("other", { ...owner, jti: "other" }, 600);
  t.same(consumed, ["personalToken 7", "personalToken 7"]);
  await t.rejects(make("three"), new TooManyPersonalTokensError(42));
  t.match(new TooManyPersonalTokensError(42).message, /try again in 42 seconds/);
});
