import t from "tap";
import { sha256Hex } from "@fjmcp/shared/hash";
import { startRig } from "../support/running-auth-server.ts";
import { connect, postForm, redeem, refresh, register, tokensOf, authorize } from "../support/client.ts";
import { kindsOfKeys } from "../support/grant-keys.ts";
import { shiftedClock } from "../support/shifted-clock.ts";

const refused = { status: 400, body: { error: "invalid_grant" } };
const { clock, advance } = shiftedClock();
const rig = await startRig(t);
const origin = await rig.serve({ clock });

void t.test("inside the grace a rotated token gives its one successor again", async (t) => {
  const client = await connect(origin, rig.person());
  const first = tokensOf(await refresh(origin, client, client.refreshToken));
  advance(59);
  const again = tokensOf(await refresh(origin, client, client.refreshToken));
  t.equal(again.refreshToken, first.refreshToken);
  t.not(again.accessToken, first.accessToken);
});

void t.test(
  "T0 → T1 → T2: each old token gives its own successor, and after the window ends the grant",
  async (t) => {
    const client = await connect(origin, rig.person());
    const t0 = client.refreshToken;
    const t1 = tokensOf(await refresh(origin, client, t0)).refreshToken;
    const t2 = tokensOf(await refresh(origin, client, t1)).refreshToken;
    t.equal(tokensOf(await refresh(origin, client, t0)).refreshToken, t1, "T0 again gives T1");
    t.equal(tokensOf(await refresh(origin, client, t1)).refreshToken, t2, "T1 again gives T2");
    advance(61);
    t.match(await refresh(origin, client, t1), refused, "T1 after its window");
    t.match(await refresh(origin, client, t2), refused, "the grant has ended");
  },
);

void t.test("the moment of rotation is written once: repeats do not prolong the window", async (t) => {
  const client = await connect(origin, rig.person());
  await refresh(origin, client, client.refreshToken);
  advance(40);
  t.equal((await refresh(origin, client, client.refreshToken)).status, 200);
  advance(40);
  t.match(await refresh(origin, client, client.refreshToken), refused);
});

void t.test("a rotation that Redis noted and nobody was answered is done again, however late", async (t) => {
  const client = await connect(origin, rig.person());
  await rig.admin.hset(`token:refresh:${sha256Hex(client.refreshToken)}`, "rotatedAtMs", clock());
  advance(3600);
  const next = tokensOf(await refresh(origin, client, client.refreshToken));
  t.equal(tokensOf(await refresh(origin, client, client.refreshToken)).refreshToken, next.refreshToken);
  advance(61);
  t.match(await refresh(origin, client, client.refreshToken), refused, "now it was answered");
  t.match(await refresh(origin, client, next.refreshToken), refused, "the grant has ended");
});

void t.test("a successor does not follow from what is stored", async (t) => {
  const client = await connect(origin, rig.person());
  const keys = await rig.admin.keys("token:refresh:*");
  for (const key of keys) {
    t.match(await refresh(origin, client, key.replace("token:refresh:", "")), refused, "a hash is no token");
  }
  t.equal((await refresh(origin, client, client.refreshToken)).status, 200);
});

void t.test("another client's refresh token is refused and changes nothing", async (t) => {
  const client = await connect(origin, rig.person());
  const other = await register(origin);
  t.match(await refresh(origin, other, client.refreshToken), refused);
  t.equal((await refresh(origin, client, client.refreshToken)).status, 200);
});

void t.test("an unknown client is told so, that it registers again", async (t) => {
  const client = await connect(origin, rig.person());
  const lost = { ...client, clientId: "nobody" };
  t.match(await refresh(origin, lost, client.refreshToken), {
    status: 401,
    body: { error: "invalid_client" },
  });
});

void t.test("scope and resource may be left out, odd or repeated", async (t) => {
  const client = await connect(origin, rig.person());
  const both = { status: 200, body: { scope: "forgejo:read forgejo:write" } };
  let token = client.refreshToken;
  for (const more of [
    { resource: `${origin}/mcp/` },
    { resource: `${origin}/mcp`, scope: "openid offline_access" },
    { scope: "forgejo:read forgejo:write offline_access" },
  ]) {
    const answer = await refresh(origin, client, token, more);
    t.match(answer, both);
    token = tokensOf(answer).refreshToken;
  }
  const twice = await postForm(`${origin}/oauth/token`, {
    grant_type: "refresh_token",
    client_id: client.clientId,
    refresh_token: token,
    resource: [`${origin}/mcp`, `${origin}/mcp/`],
  });
  t.match(twice, both);
  const foreign = await refresh(origin, client, tokensOf(twice).refreshToken, {
    resource: "https://elsewhere.example/mcp",
  });
  t.match(foreign, { status: 400, body: { error: "invalid_target" } });
});

void t.test("a refresh extends the grant and its indexes", async (t) => {
  await rig.admin.flushall();
  const client = await connect(origin, rig.person());
  const keys = await rig.admin
    .keys("grant*")
    .then(async (found) => [...found, ...(await rig.admin.keys("account-grants:*"))]);
  t.equal(keys.length, 3);
  for (const key of keys) await rig.admin.expire(key, 100);
  t.equal((await refresh(origin, client, client.refreshToken)).status, 200);
  for (const key of keys) t.ok((await rig.admin.ttl(key)) > 29 * 24 * 3600, key);
});

void t.test("a dead Forgejo grant: the refresh is invalid_grant and nothing is left", async (t) => {
  await rig.admin.flushall();
  const client = await connect(origin, rig.person());
  rig.forgejo.controls.revokeGrant("alice", rig.forgejoApp.clientId);
  advance(2000);
  t.match(await refresh(origin, client, client.refreshToken), refused);
  t.same(await kindsOfKeys(rig.admin), ["revoked-grant"]);
});

void t.test("Forgejo is away: the refresh goes on", async (t) => {
  const client = await connect(origin, rig.person());
  t.teardown(() => rig.forgejo.controls.clearFaults());
  rig.forgejo.controls.setFault({ path: /./, mode: "503" });
  advance(2000);
  const answer = await refresh(origin, client, client.refreshToken);
  t.equal(answer.status, 200);
  advance(4000);
  const later = await refresh(origin, client, tokensOf(answer).refreshToken);
  t.equal(later.status, 200, "also when Forgejo's token has expired meanwhile");
});

void t.test("a refresh renews Forgejo's token when that is past half its life", async (t) => {
  const client = await connect(origin, rig.person());
  const before = rig.forgejo.controls.counts.refreshes;
  const first = tokensOf(await refresh(origin, client, client.refreshToken));
  t.equal(rig.forgejo.controls.counts.refreshes, before);
  advance(2000);
  await refresh(origin, client, first.refreshToken);
  t.equal(rig.forgejo.controls.counts.refreshes, before + 1);
});

void t.test("strict: a retry of a refresh that nobody was answered yet is to come back", async (t) => {
  const strict = await rig.serve({ clock, more: { FJMCP_REFRESH_GRACE_SECONDS: "0" } });
  const client = await register(origin);
  const t0 = tokensOf(await redeem(strict, await authorize(origin, client, rig.person()))).refreshToken;
  await rig.admin.hset(`token:refresh:${sha256Hex(t0)}`, "rotatedAtMs", clock());
  const answer = await refresh(strict, client, t0);
  t.match(answer, { status: 503, body: { error: "temporarily_unavailable" } });
  t.ok(answer.headers.get("retry-after"));
  advance(11);
  t.equal((await refresh(strict, client, t0)).status, 200);
});

void t.test("strict: with no grace a second use ends the grant", async (t) => {
  const strict = await rig.serve({ more: { FJMCP_REFRESH_GRACE_SECONDS: "0" } });
  const client = await register(origin);
  const code = await authorize(origin, client, rig.person("bob"));
  const t0 = tokensOf(await redeem(strict, code)).refreshToken;
  const t1 = tokensOf(await refresh(strict, client, t0)).refreshToken;
  t.match(await refresh(strict, client, t0), refused);
  t.match(await refresh(strict, client, t1), refused);
});
