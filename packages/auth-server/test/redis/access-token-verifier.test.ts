import t from "tap";
import { createAccessTokenVerifier } from "../../src/redis/access-token-verifier.ts";
import { StoreUnavailableError } from "@fjmcp/shared/redis/store-unavailable-error";
import { sha256Hex } from "@fjmcp/shared/hash";
import { connection, privateRedis, unrestricted } from "../support/upstream-setup.ts";

const issuer = "https://mcp.example";
const record = {
  kind: "AccessToken",
  accountId: "1",
  clientId: "c",
  grantId: "g",
  aud: `${issuer}/mcp`,
  scope: "forgejo:read",
  requestedScope: "forgejo:read",
  toolsets: ["issues"],
  iat: 1000,
  exp: 2000,
};

t.test(
  "accepts only a token that is stored under its hash, for this audience, unexpired, with a living grant",
  async (t) => {
    const redis = await privateRedis(t);
    const raw = unrestricted(t, redis);
    const clock = { sec: 1500 };
    const check = createAccessTokenVerifier(await connection(t, redis), issuer, () => clock.sec * 1000);
    const store = (token: string, stored: unknown) =>
      raw.set(`token:access:${sha256Hex(token)}`, JSON.stringify(stored));
    await raw.set("grant:g", "{}");
    await store("good", record);
    await store("list", { ...record, aud: ["https://other.example", `${issuer}/mcp`] });
    await store("foreign", { ...record, aud: "https://other.example/mcp" });
    await store("prefix", { ...record, aud: `${issuer}/mcp2` });
    await store("expired", { ...record, exp: 1500 });
    await store("refresh", { ...record, kind: "RefreshToken" });
    await store("ended", { ...record, grantId: "gone" });
    await store("scopeless", { ...record, scope: "openid" });
    await raw.set(`token:access:${sha256Hex("damaged")}`, '{"kind":"AccessToken", damaged');
    t.equal((await check("good"))?.accountId, "1");
    t.ok(await check("list"));
    for (const bad of [
      "foreign",
      "prefix",
      "expired",
      "refresh",
      "ended",
      "scopeless",
      "damaged",
      "unknown",
      sha256Hex("good"),
      "",
    ]) {
      t.equal(await check(bad), undefined, bad);
    }
    clock.sec = 2000;
    t.equal(await check("good"), undefined);
  },
);

t.test("counts as a use of the grant, unless that was revoked", async (t) => {
  const redis = await privateRedis(t);
  const raw = unrestricted(t, redis);
  const check = createAccessTokenVerifier(await connection(t, redis), issuer, () => 1_500_000);
  await raw.set("grant:g", "{}");
  await raw.set(`token:access:${sha256Hex("good")}`, JSON.stringify(record));
  await check("good");
  t.notOk(await raw.exists("account-grants-by-use:1"));
  await raw.zadd("account-grants-by-use:1", 1_000_000, "g", 1_200_000, "other");
  await check("good");
  t.same(await raw.zrange("account-grants-by-use:1", 0, "-1"), ["other", "g"]);
});

t.test("rejects with StoreUnavailableError without Redis", async (t) => {
  const redis = await privateRedis(t);
  const check = createAccessTokenVerifier(await connection(t, redis), issuer, Date.now);
  await redis.kill("SIGKILL");
  await t.rejects(check("any"), StoreUnavailableError);
});
