import t from "tap";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import { postForm } from "@fjmcp/testkit/oauth-client/oauth-request";
import { connect, redeem, refresh, register, tokensOf, authorize } from "../support/client.ts";
import { kindsOfKeys } from "../support/grant-keys.ts";
import { shiftedClock } from "../support/shifted-clock.ts";

const invalidGrant = { status: 400, body: { error: "invalid_grant" } };
const { clock, advance } = shiftedClock();
const setup = await setUpAuthServer(t);
const origin = await setup.serve({ clock });

t.test("gives the same successor again within the grace period", async (t) => {
  const client = await connect(origin, setup.user());
  const first = tokensOf(await refresh(origin, client, client.refreshToken));
  advance(59);
  const again = tokensOf(await refresh(origin, client, client.refreshToken));
  t.equal(again.refreshToken, first.refreshToken);
  t.not(again.accessToken, first.accessToken);
});

t.test(
  "gives each of T0 → T1 → T2 its own successor, and revokes the grant on a replay after the window",
  async (t) => {
    const client = await connect(origin, setup.user());
    const t0 = client.refreshToken;
    const t1 = tokensOf(await refresh(origin, client, t0)).refreshToken;
    const t2 = tokensOf(await refresh(origin, client, t1)).refreshToken;
    t.equal(tokensOf(await refresh(origin, client, t0)).refreshToken, t1, "T0 again gives T1");
    t.equal(tokensOf(await refresh(origin, client, t1)).refreshToken, t2, "T1 again gives T2");
    advance(61);
    t.match(await refresh(origin, client, t1), invalidGrant, "T1 after its window");
    t.match(await refresh(origin, client, t2), invalidGrant, "the grant is revoked");
  },
);

t.test("writes the moment of rotation once, so that retries do not extend the window", async (t) => {
  const client = await connect(origin, setup.user());
  await refresh(origin, client, client.refreshToken);
  advance(40);
  t.equal((await refresh(origin, client, client.refreshToken)).status, 200);
  advance(40);
  t.match(await refresh(origin, client, client.refreshToken), invalidGrant);
});

t.test("does not accept a stored hash as a refresh token", async (t) => {
  const client = await connect(origin, setup.user());
  const keys = await setup.admin.keys("token:refresh:*");
  for (const key of keys) {
    t.match(
      await refresh(origin, client, key.replace("token:refresh:", "")),
      invalidGrant,
      "a hash is no token",
    );
  }
  t.equal((await refresh(origin, client, client.refreshToken)).status, 200);
});

t.test("rejects another client's refresh token and changes nothing", async (t) => {
  const client = await connect(origin, setup.user());
  const other = await register(origin);
  t.match(await refresh(origin, other, client.refreshToken), invalidGrant);
  t.equal((await refresh(origin, client, client.refreshToken)).status, 200);
});

t.test("rejects an unknown client with invalid_client, so that it registers again", async (t) => {
  const client = await connect(origin, setup.user());
  const lost = { ...client, clientId: "unknown" };
  t.match(await refresh(origin, lost, client.refreshToken), {
    status: 401,
    body: { error: "invalid_client" },
  });
});

t.test("accepts missing, odd or repeated scope and resource", async (t) => {
  const client = await connect(origin, setup.user());
  const both = { status: 200, body: { scope: "forgejo:read forgejo:write" } };
  let token = client.refreshToken;
  for (const more of [
    { resource: `${origin}/mcp/` },
    { resource: `${origin}/mcp`, scope: "openid offline_access" },
    { scope: "forgejo:read forgejo:write offline_access" },
  ]) {
    const response = await refresh(origin, client, token, more);
    t.match(response, both);
    token = tokensOf(response).refreshToken;
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

t.test("extends the grant and its indexes on a refresh", async (t) => {
  await setup.admin.flushall();
  const client = await connect(origin, setup.user());
  const keys = await setup.admin
    .keys("grant*")
    .then(async (found) => [...found, ...(await setup.admin.keys("*-grants*:*"))]);
  t.equal(keys.length, 5);
  for (const key of keys) await setup.admin.expire(key, 100);
  t.equal((await refresh(origin, client, client.refreshToken)).status, 200);
  for (const key of keys) t.ok((await setup.admin.ttl(key)) > 29 * 24 * 3600, key);
});

t.test(
  "rejects a refresh with invalid_grant and leaves only the tombstone when Forgejo's grant is revoked",
  async (t) => {
    await setup.admin.flushall();
    const client = await connect(origin, setup.user());
    setup.forgejo.controls.revokeGrant("alice", setup.forgejoApp.clientId);
    advance(2000);
    t.match(await refresh(origin, client, client.refreshToken), invalidGrant);
    t.same(await kindsOfKeys(setup.admin), ["revoked-grant"]);
  },
);

t.test("refreshes while Forgejo is unavailable", async (t) => {
  const client = await connect(origin, setup.user());
  t.teardown(() => setup.forgejo.controls.clearFaults());
  setup.forgejo.controls.setFault({ path: /./, mode: "503" });
  advance(2000);
  const response = await refresh(origin, client, client.refreshToken);
  t.equal(response.status, 200);
  advance(4000);
  const later = await refresh(origin, client, tokensOf(response).refreshToken);
  t.equal(later.status, 200, "also when Forgejo's token has expired meanwhile");
});

t.test("refreshes Forgejo's token too when that is past half its life", async (t) => {
  const client = await connect(origin, setup.user());
  const before = setup.forgejo.controls.counts.refreshes;
  const first = tokensOf(await refresh(origin, client, client.refreshToken));
  t.equal(setup.forgejo.controls.counts.refreshes, before);
  advance(2000);
  await refresh(origin, client, first.refreshToken);
  t.equal(setup.forgejo.controls.counts.refreshes, before + 1);
});

t.test("revokes the grant on a second use when there is no grace period", async (t) => {
  const strict = await setup.serve({ more: { FJMCP_REFRESH_GRACE_SECONDS: "0" } });
  const client = await register(origin);
  const code = await authorize(origin, client, setup.user("bob"));
  const t0 = tokensOf(await redeem(strict, code)).refreshToken;
  const t1 = tokensOf(await refresh(strict, client, t0)).refreshToken;
  t.match(await refresh(strict, client, t0), invalidGrant);
  t.match(await refresh(strict, client, t1), invalidGrant);
});
