import t from "tap";
import { sha256Hex } from "@fjmcp/shared/hash";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import { accessTokenRecord } from "@fjmcp/shared/oauth/access-token-record";
import { scopes } from "@fjmcp/shared/oauth/mcp-resource";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import {
  authorizationRequest,
  authorize,
  connect,
  redeem,
  redirectUri,
  refresh,
  register,
  tokensOf,
} from "../support/client.ts";
import { kindsOfKeys } from "../support/grant-keys.ts";
import { shiftedClock } from "../support/shifted-clock.ts";

const { clock, advance } = shiftedClock();
const setup = await setUpAuthServer(t);
const origin = await setup.serve({ clock });
const client = await register(origin);
const invalidGrant = { status: 400, body: { error: "invalid_grant" } };

t.test("rejects a second redemption within 10 s and changes nothing", async (t) => {
  const code = await authorize(origin, client, setup.user());
  const tokens = tokensOf(await redeem(origin, code));
  t.match(await redeem(origin, code), invalidGrant);
  advance(9);
  t.match(await redeem(origin, code), invalidGrant);
  t.equal((await refresh(origin, client, tokens.refreshToken)).status, 200);
});

t.test("rejects a replayed code after 10 s and revokes the grant", async (t) => {
  const code = await authorize(origin, client, setup.user("bob"));
  const tokens = tokensOf(await redeem(origin, code));
  advance(11);
  t.match(await redeem(origin, code), invalidGrant);
  t.match(await refresh(origin, client, tokens.refreshToken), invalidGrant);
});

t.test("redeems a code that many requests present at once with one of them", async (t) => {
  const code = await authorize(origin, client, setup.user());
  const responses = await Promise.all(Array.from({ length: 10 }, () => redeem(origin, code)));
  const tokens = responses.filter(({ status }) => status === 200).map(tokensOf);
  t.equal(tokens.length, 1);
  advance(11);
  const late = await Promise.all(Array.from({ length: 10 }, () => redeem(origin, code)));
  for (const response of late) t.match(response, invalidGrant);
  t.match(await refresh(origin, client, tokens[0]!.refreshToken), invalidGrant, "the grant is revoked");
});

t.test("redeems the code of a client without refresh tokens with its access token", async (t) => {
  const short = await register(origin, { grant_types: ["authorization_code"] });
  const code = await authorize(origin, short, setup.user());
  const key = `token:code:${sha256Hex(code.code)}`;
  t.equal((await redeem(origin, code)).status, 200);
  t.equal(await setup.admin.hexists(key, "redeemedAtMs"), 1);
  advance(11);
  t.match(await redeem(origin, code), invalidGrant);
  t.equal(await setup.admin.exists(key), 0, "the grant is revoked");
});

t.test(
  "does not revoke the grant on a replay without the right client, redirect URI or verifier",
  async (t) => {
    const code = await authorize(origin, client, setup.user());
    const other = await register(origin, { redirect_uris: [redirectUri, "https://client.example/other"] });
    const tokens = tokensOf(await redeem(origin, code));
    advance(11);
    const wrongVerifier = "wrong-verifier-wrong-verifier-wrong-verifier";
    for (const more of [
      { client_id: other.clientId },
      { redirect_uri: "https://client.example/other" },
      { code_verifier: wrongVerifier },
    ]) {
      t.match(await redeem(origin, code, more), invalidGrant);
    }
    const withoutVerifier = await redeem(origin, { ...code, verifier: "" });
    t.equal(withoutVerifier.status, 400);
    t.equal((await refresh(origin, client, tokens.refreshToken)).status, 200, "the grant lives");
  },
);

t.test("does not consume the code on a wrong first attempt", async (t) => {
  const code = await authorize(origin, client, setup.user());
  const wrongVerifier = "wrong-verifier-wrong-verifier-wrong-verifier";
  t.match(await redeem(origin, code, { code_verifier: wrongVerifier }), invalidGrant);
  t.match(await redeem(origin, code, { redirect_uri: "https://client.example/callback/" }), invalidGrant);
  t.equal((await redeem(origin, code)).status, 200);
});

t.test("lets a code expire, and its grant if no client redeems it", async (t) => {
  await authorize(origin, client, setup.user());
  const [key] = await setup.admin.keys("token:code:*");
  const ttl = await setup.admin.ttl(key!);
  t.ok(ttl > 0 && ttl <= 60);
  const grants = await setup.admin.keys("grant:*");
  t.not(grants.length, 0);
  for (const grant of grants) t.ok((await setup.admin.ttl(grant)) > 0);
});

t.test("stores an access token's record as the session-daemon parses it", async (t) => {
  const { accessToken, clientId } = await connect(origin, setup.user());
  const stored = await setup.admin.get(redisKeys.accessToken(sha256Hex(accessToken)));
  const record = accessTokenRecord.parse(JSON.parse(stored!));
  t.match(record, { aud: `${origin}/mcp`, scope: scopes.join(" "), clientId, accountId: "1" });
  t.equal(await setup.admin.exists(redisKeys.grant(record.grantId)), 1);
  t.notMatch(stored!, accessToken);
});

t.test("accepts an access token until `expires_in` is over for a client that counts it later", async (t) => {
  const code = await authorize(origin, client, setup.user());
  const response = await redeem(origin, code);
  t.match(response.body, { expires_in: 24 * 3600 });
  const key = redisKeys.accessToken(sha256Hex(tokensOf(response).accessToken));
  const record = accessTokenRecord.parse(JSON.parse((await setup.admin.get(key))!));
  t.equal(record.exp - record.iat, 24 * 3600 + 10);
  t.ok((await setup.admin.ttl(key)) > 24 * 3600, "Redis keeps it as long");
});

t.test("rejects the stored hash of a code", async (t) => {
  const code = await authorize(origin, client, setup.user());
  t.match(await redeem(origin, { ...code, code: sha256Hex(code.code) }), invalidGrant);
});

t.test("gives every key an expiry", async (t) => {
  await setup.admin.flushall();
  const used = await register(origin);
  await connect(origin, setup.user(), used);
  await authorize(origin, await register(origin), setup.user("bob"));
  await setup.user().visit(authorizationRequest(origin, used).url);
  const keys = await setup.admin.keys("*");
  t.ok(keys.length > 10);
  for (const key of keys) t.ok((await setup.admin.ttl(key)) > 0, key);
});

t.test("leaves only the tombstone after the replay of a code", async (t) => {
  await setup.admin.flushall();
  const code = await authorize(origin, await register(origin), setup.user());
  await redeem(origin, code);
  advance(11);
  await redeem(origin, code);
  t.same(await kindsOfKeys(setup.admin), ["revoked-grant"]);
});
