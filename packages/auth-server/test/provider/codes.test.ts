import t from "tap";
import { sha256Hex } from "@fjmcp/shared/hash";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import { accessTokenRecord } from "@fjmcp/shared/oauth/access-token-record";
import { scopes } from "@fjmcp/shared/oauth/mcp-resource";
import { startRig } from "../support/running-auth-server.ts";
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
const rig = await startRig(t);
const origin = await rig.serve({ clock });
const client = await register(origin);
const refused = { status: 400, body: { error: "invalid_grant" } };

void t.test("a second redemption within ten seconds is refused and changes nothing", async (t) => {
  const code = await authorize(origin, client, rig.person());
  const tokens = tokensOf(await redeem(origin, code));
  t.match(await redeem(origin, code), refused);
  advance(9);
  t.match(await redeem(origin, code), refused);
  t.equal((await refresh(origin, client, tokens.refreshToken)).status, 200);
});

void t.test("a valid replay after ten seconds ends the grant", async (t) => {
  const code = await authorize(origin, client, rig.person("bob"));
  const tokens = tokensOf(await redeem(origin, code));
  advance(11);
  t.match(await redeem(origin, code), refused);
  t.match(await refresh(origin, client, tokens.refreshToken), refused);
});

void t.test(
  "a redemption that Redis noted and nobody was answered is done again after ten seconds",
  async (t) => {
    const code = await authorize(origin, client, rig.person());
    await rig.admin.hset(`token:code:${sha256Hex(code.code)}`, "redeemedAtMs", clock());
    t.match(await redeem(origin, code), refused, "it may still be running");
    advance(11);
    const again = await Promise.all(Array.from({ length: 10 }, () => redeem(origin, code)));
    const tokens = again.filter(({ status }) => status === 200).map(tokensOf);
    t.equal(tokens.length, 1, "once, again");
    advance(11);
    t.match(await redeem(origin, code), refused, "now it was answered");
    t.match(await refresh(origin, client, tokens[0]!.refreshToken), refused, "the grant has ended");
  },
);

void t.test("a client that gets no refresh token has been answered with its access token", async (t) => {
  const short = await register(origin, { grant_types: ["authorization_code"] });
  const code = await authorize(origin, short, rig.person());
  const key = `token:code:${sha256Hex(code.code)}`;
  t.equal((await redeem(origin, code)).status, 200);
  t.equal(await rig.admin.hexists(key, "completed"), 1);
  advance(11);
  t.match(await redeem(origin, code), refused);
  t.equal(await rig.admin.exists(key), 0, "the grant has ended");
});

void t.test("a replay by somebody who lacks a part of the request ends nothing", async (t) => {
  const code = await authorize(origin, client, rig.person());
  const other = await register(origin, { redirect_uris: [redirectUri, "https://client.example/other"] });
  const tokens = tokensOf(await redeem(origin, code));
  advance(11);
  const wrongVerifier = "wrong-verifier-wrong-verifier-wrong-verifier";
  for (const more of [
    { client_id: other.clientId },
    { redirect_uri: "https://client.example/other" },
    { code_verifier: wrongVerifier },
  ]) {
    t.match(await redeem(origin, code, more), refused);
  }
  const withoutVerifier = await redeem(origin, { ...code, verifier: "" });
  t.equal(withoutVerifier.status, 400);
  t.equal((await refresh(origin, client, tokens.refreshToken)).status, 200, "the grant lives");
});

void t.test("a wrong first try does not use the code up", async (t) => {
  const code = await authorize(origin, client, rig.person());
  const wrongVerifier = "wrong-verifier-wrong-verifier-wrong-verifier";
  t.match(await redeem(origin, code, { code_verifier: wrongVerifier }), refused);
  t.match(await redeem(origin, code, { redirect_uri: "https://client.example/callback/" }), refused);
  t.equal((await redeem(origin, code)).status, 200);
});

void t.test("a code, and its grant if nobody redeems it, expire", async (t) => {
  await authorize(origin, client, rig.person());
  const [key] = await rig.admin.keys("token:code:*");
  const ttl = await rig.admin.ttl(key!);
  t.ok(ttl > 0 && ttl <= 60);
  for (const grant of await rig.admin.keys("grant:*")) t.ok((await rig.admin.ttl(grant)) > 0);
});

void t.test("an access token's record is what the session-daemon reads", async (t) => {
  const { accessToken, clientId } = await connect(origin, rig.person());
  const stored = await rig.admin.get(redisKeys.accessToken(sha256Hex(accessToken)));
  const record = accessTokenRecord.parse(JSON.parse(stored!));
  t.match(record, { aud: `${origin}/mcp`, scope: scopes.join(" "), clientId, accountId: "1" });
  t.equal(record.exp - record.iat, 3600);
  t.equal(await rig.admin.exists(redisKeys.grant(record.grantId)), 1);
  t.notMatch(stored!, accessToken);
});

void t.test("the stored hash of a code is no code", async (t) => {
  const code = await authorize(origin, client, rig.person());
  t.match(await redeem(origin, { ...code, code: sha256Hex(code.code) }), refused);
});

t.test("every key expires", async (t) => {
  await rig.admin.flushall();
  const used = await register(origin);
  await connect(origin, rig.person(), used);
  await authorize(origin, await register(origin), rig.person("bob"));
  await rig.person().visit(authorizationRequest(origin, used).url);
  const keys = await rig.admin.keys("*");
  t.ok(keys.length > 10);
  for (const key of keys) t.ok((await rig.admin.ttl(key)) > 0, key);
});

void t.test("after the replay of a code nothing but the tombstone is left", async (t) => {
  await rig.admin.flushall();
  const code = await authorize(origin, await register(origin), rig.person());
  await redeem(origin, code);
  advance(11);
  await redeem(origin, code);
  t.same(await kindsOfKeys(rig.admin), ["revoked-grant"]);
});
