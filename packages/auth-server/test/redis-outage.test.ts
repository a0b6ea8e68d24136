import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { setUpAuthServer } from "./support/auth-server-setup.ts";
import {
  authorizationRequest,
  authorize,
  connect,
  postJson,
  redeem,
  redirectUri,
  refresh,
  register,
  revoke,
} from "./support/client.ts";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { startRedisProxy } from "@fjmcp/testkit/redis/redis-proxy";
import { shiftedClock } from "./support/shifted-clock.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const client = await connect(origin, setup.user());
const unavailable = { status: 503, body: { error: "temporarily_unavailable" } };

/**
 * The status of the first of five attempts that gets `wanted`, or of the last: a busy machine may need more than the 2 s that
 * a request waits for Redis, a fault fails each time.
 */
async function statusOf(wanted: number, attempt: () => Promise<{ status: number }>): Promise<number> {
  for (let round = 1; ; round += 1) {
    const { status } = await attempt();
    if (status === wanted || round === 5) return status;
  }
}

t.test(
  "replies temporarily_unavailable within a bound while Redis is stopped, never invalid_grant",
  async (t) => {
    const user = setup.user();
    const consent = await user.visit(authorizationRequest(origin, client).url);
    await setup.redis.kill("SIGSTOP");
    t.teardown(() => setup.redis.kill("SIGCONT"));
    const responses = await Promise.all([
      refresh(origin, client, client.refreshToken),
      redeem(origin, client.code),
      revoke(origin, client, client.accessToken),
    ]);
    for (const response of responses) {
      t.match(response, unavailable);
      t.ok(response.headers.get("retry-after"));
    }
    const page = await fetch(authorizationRequest(origin, client).url, { redirect: "manual" });
    t.equal(page.status, 503);
    t.equal(page.headers.get("location"), null);
    t.match(await page.text(), /reference/);
    const registration = await postJson(`${origin}/oauth/register`, { redirect_uris: [redirectUri] });
    t.equal(registration.status, 201, "a registration needs no store");
    const shown = await user.visit(consent.url);
    t.match(shown, { status: 503, headers: { "retry-after": "2" } });
    t.match(shown.text, /reference/);
  },
);

t.test("treats a Redis that rejects writes for a time as an outage", async (t) => {
  t.teardown(() => setup.admin.config("SET", "min-replicas-to-write", "0"));
  await setup.admin.config("SET", "min-replicas-to-write", "1");
  t.match(await refresh(origin, client, client.refreshToken), unavailable);
});

t.test("logs errors of Redis without the command", async (t) => {
  t.teardown(() => setup.admin.config("SET", "min-replicas-to-write", "0"));
  const logged = await setup.spawn();
  const resource = `${setup.issuer}/mcp`;
  const own = await connect(origin, setup.user());
  await setup.admin.config("SET", "min-replicas-to-write", "1");
  for (const ask of [
    () => refresh(logged.origin, own, own.refreshToken),
    () => revoke(logged.origin, own, own.refreshToken),
    () => fetch(authorizationRequest(logged.origin, own, { resource }).url, { redirect: "manual" }),
  ]) {
    const before = readFileSync(logged.process.logFile, "utf8").length;
    t.match(await ask(), { status: 503 });
    const lines = () => readFileSync(logged.process.logFile, "utf8").slice(before);
    await waitUntil("it is logged", () => /"level":"(warn|error)".*NOREPLICAS/.test(lines()));
    t.notOk(lines().includes(own.refreshToken));
  }
});

t.test("recovers by itself", async (t) => {
  t.equal((await refresh(origin, client, client.refreshToken)).status, 200);
});

t.test("survives an outage between a code and its tokens", async (t) => {
  const proxy = await startRedisProxy(t, setup.redis.socketPath);
  const { clock, advance } = shiftedClock();
  const far = await setup.serve({ clock, more: { FJMCP_REDIS: `unix:${proxy.socketPath}` } });
  const brokenRedemption = async (...at: Parameters<typeof proxy.breakAt>) => {
    const code = await authorize(origin, client, setup.user());
    const broken = proxy.breakAt(...at);
    const response = redeem(far, code);
    await broken;
    return { code, response };
  };
  const shortOutage = async (...at: Parameters<typeof proxy.breakAt>) => {
    const { response } = await brokenRedemption(...at);
    await sleep(100);
    proxy.restore();
    return response;
  };

  await t.test("returns the tokens late after a short outage", async (t) => {
    t.equal(await statusOf(200, () => shortOutage(/token:access:/)), 200);
  });

  await t.test("returns the tokens to a retry after Retry-After when the outage is longer", async (t) => {
    const { code, response } = await brokenRedemption(/token:access:/);
    const { status, headers } = await response;
    t.equal(status, 503);
    proxy.restore();
    advance(Number(headers.get("retry-after")));
    t.equal((await redeem(far, code)).status, 200);
  });

  await t.test("returns the tokens when only the reply of Redis is lost", async (t) => {
    t.equal(await statusOf(200, () => shortOutage(/token:access:/, { passOn: true })), 200);
  });

  await t.test("rejects a retry once tokens are stored, though the client has none", async (t) => {
    const { code, response } = await brokenRedemption(/token:access:/, { passOn: true });
    const { status, headers } = await response;
    t.equal(status, 503);
    proxy.restore();
    advance(Number(headers.get("retry-after")));
    t.match(await redeem(far, code), { status: 400, body: { error: "invalid_grant" } });
  });
});

t.test("completes a login whose callback fails in an outage after a reload", async (t) => {
  const user = setup.user();
  const stopAt = (url: URL) => url.pathname === "/oauth/callback";
  const back = await user.signInAndAllow(authorizationRequest(origin, client).url, { stopAt });
  await setup.redis.kill("SIGSTOP");
  t.match(await user.visit(back, { stopAt: redirectUri }), { status: 503, externalRedirect: undefined });
  await setup.redis.kill("SIGCONT");
  const end = await user.visit(back, { stopAt: redirectUri });
  t.ok(end.externalRedirect?.searchParams.get("code"));
});

t.test("holds requests while Redis restarts", async (t) => {
  const held = async () => {
    await setup.redis.kill("SIGKILL");
    const asked = fetch(authorizationRequest(origin, client).url, { redirect: "manual" });
    await setup.redis.start();
    return asked;
  };
  t.equal(await statusOf(303, held), 303);
  const fresh = await register(origin);
  t.equal((await redeem(origin, await authorize(origin, fresh, setup.user()))).status, 200);
});
