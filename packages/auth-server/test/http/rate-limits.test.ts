import t from "tap";
import { clientRef } from "@fjmcp/shared/client-ref";
import type { ClientId } from "@fjmcp/shared/ids";
import { postForm, requestOAuth } from "@fjmcp/testkit/oauth-client/oauth-request";
import { startRedisProxy } from "@fjmcp/testkit/redis/redis-proxy";
import { rateLimits } from "../../src/rate-limit/rate-limiter.ts";
import { authorizationRequest, connect, redirectUri, refresh, register } from "../support/client.ts";
import { allowDevice, poll, registerDevice, startDevice } from "../support/device.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const ranges = {
  FJMCP_SHARED_EGRESS: "198.51.100.0/24 2001:db8:5::/48",
  FJMCP_TRUSTED_PROXIES: "192.0.2.0/28",
};
const origin = await setup.serve({ more: ranges });
const client = await register(origin);

const registration = JSON.stringify({ redirect_uris: [redirectUri], token_endpoint_auth_method: "none" });

/** Requests from a network, as the proxy on the machine reports it. */
function from(forwardedFor: string, at = origin) {
  const forwarded = { "x-forwarded-for": forwardedFor };
  return {
    register: () =>
      requestOAuth(`${at}/oauth/register`, {
        method: "POST",
        headers: { ...forwarded, "content-type": "application/json" },
        body: registration,
      }),
    refresh: (token: string) =>
      postForm(
        `${at}/oauth/token`,
        { grant_type: "refresh_token", client_id: client.clientId, refresh_token: token },
        { headers: forwarded },
      ),
    authorize: () => requestOAuth(authorizationRequest(at, client).url, { headers: forwarded }),
    requestDeviceCode: (clientId: string) =>
      postForm(`${at}/oauth/device`, { client_id: clientId }, { headers: forwarded }),
    send: (path: string) => postForm(`${at}${path}`, {}, { headers: forwarded }),
    open: (path: string) => requestOAuth(`${at}${path}`, { headers: forwarded }),
  };
}

/** How many of these requests, a few at once, got each status. */
async function statuses(count: number, request: () => Promise<{ status: number }>) {
  const counts: Record<number, number> = {};
  for (let sent = 0; sent < count; sent += 20) {
    const responses = await Promise.all(Array.from({ length: Math.min(20, count - sent) }, request));
    for (const { status } of responses) counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

t.test("rejects a network's registrations over the limit, and those of no other", async (t) => {
  const stranger = from("203.0.113.1");
  t.same(await statuses(rateLimits.registration + 5, stranger.register), {
    201: rateLimits.registration,
    429: 5,
  });
  const { status, headers, body } = await stranger.register();
  t.equal(status, 429);
  const waitSec = Number(headers.get("retry-after"));
  t.ok(waitSec >= 1 && waitSec <= 60, String(waitSec));
  t.equal(headers.get("access-control-allow-origin"), "*", "a browser's script can read it");
  t.equal(headers.get("cache-control"), "no-store");
  t.match(body, {
    error: "temporarily_unavailable",
    error_description: /^Too many requests .* \d+ seconds\.$/,
  });
  t.equal((await from("203.0.113.2").register()).status, 201);
  t.equal((await stranger.refresh("x")).status, 400, "other endpoints have limits of their own");
});

t.test("counts over all processes", async (t) => {
  const other = await setup.spawn(ranges);
  t.equal((await from("203.0.113.1", other.origin).register()).status, 429);
});

t.test("accepts 200 registrations and refreshes of a shared egress", async (t) => {
  for (const [address, user] of [
    ["198.51.100.7", "alice"],
    ["::ffff:198.51.100.8", "bob"],
    ["2001:db8:5:1::1", "alice"],
  ] as const) {
    const shared = from(address);
    const { refreshToken } = await connect(origin, setup.user(user), client);
    t.same(await statuses(200, shared.register), { 201: 200 }, address);
    t.same(await statuses(200, () => shared.refresh(refreshToken)), { 200: 200 }, address);
  }
});

t.test("limits requests for tokens and revocations together, whether they are valid or not", async (t) => {
  const stranger = from("203.0.113.7");
  const { refreshToken } = await connect(origin, setup.user("bob"), client);
  t.same(await statuses(rateLimits.token, () => stranger.refresh("x")), { 400: rateLimits.token });
  for (const limited of [await stranger.refresh(refreshToken), await stranger.send("/oauth/revoke")]) {
    t.match(limited, { status: 429, body: { error: "temporarily_unavailable" } });
    t.ok(Number(limited.headers.get("retry-after")) >= 1);
  }
  t.equal((await from("203.0.113.8").refresh(refreshToken)).status, 200, "the connection goes on");
});

t.test("exempts Claude's egress by default", async (t) => {
  const standard = await setup.serve();
  t.same(await statuses(200, from("160.79.104.10", standard).register), { 201: 200 });
});

t.test("shows a page to a browser", async (t) => {
  const stranger = from("203.0.113.3");
  t.same(await statuses(rateLimits.authorization + 1, stranger.authorize), {
    303: rateLimits.authorization,
    429: 1,
  });
  const page = await stranger.authorize();
  t.match(page, { status: 429, text: /Too many requests.*Wait \d+ seconds.*reference/s });
  t.match(page.headers.get("content-type"), /^text\/html/);
  t.match(page.headers.get("content-security-policy"), /frame-ancestors 'none'/);
  t.ok(page.headers.get("retry-after"));
  t.equal(page.headers.get("location"), null);
});

t.test("limits the other pages, and nothing that costs no work", async (t) => {
  const stranger = from("203.0.113.4");
  t.same(await statuses(rateLimits.page + 1, () => stranger.open("/oauth/interaction/x")), {
    400: rateLimits.page,
    429: 1,
  });
  t.equal((await stranger.open("/elsewhere")).status, 429);
  for (const path of ["/", "/favicon.ico", "/oauth/jwks", "/.well-known/oauth-authorization-server"]) {
    t.equal((await stranger.open(path)).status, 200, path);
  }
});

t.test("limits sign-ins to the page of connections by themselves", async (t) => {
  const stranger = from("203.0.113.6");
  const signIn = () => stranger.send("/connections/sign-in");
  t.same(await statuses(rateLimits.signIn + 2, signIn), { 403: rateLimits.signIn, 429: 2 });
  t.equal((await stranger.open("/connections")).status, 200);
});

t.test("limits codes of devices, and the page where they are typed, each by itself", async (t) => {
  const clientId = await registerDevice(origin);
  const stranger = from("203.0.113.5");
  t.same(await statuses(rateLimits.deviceCode + 2, () => stranger.requestDeviceCode(clientId)), {
    200: rateLimits.deviceCode,
    429: 2,
  });
  const { headers, body } = await stranger.requestDeviceCode(clientId);
  t.ok(Number(headers.get("retry-after")) >= 1);
  t.match(body, { error: "temporarily_unavailable", error_description: /Try again in \d+ seconds\.$/ });
  t.same(await statuses(rateLimits.userCode + 1, () => stranger.open("/device")), {
    200: rateLimits.userCode,
    429: 1,
  });
  const page = await stranger.open("/device");
  t.match(page.headers.get("content-type"), /^text\/html/);
  t.ok(page.headers.get("retry-after"));
  t.equal((await stranger.open("/oauth/interaction/x")).status, 400, "other pages have a limit of their own");
});

t.test("limits the devices that an account connects; the next one waits and is connected", async (t) => {
  const [first, second] = await Promise.all([startDevice(origin), startDevice(origin)]);
  for (const { userCode } of [first, second]) await allowDevice(origin, setup.user("bob"), userCode);
  const { id } = setup.forgejo.users.find(({ name }) => name === "bob")!;
  const counter = `request-rate:accountDevices:${id}`;
  await setup.admin.set(counter, rateLimits.accountDevices - 1, "EX", 60);
  t.equal((await poll(origin, first)).status, 200, "the last one");
  const limited = await poll(origin, second);
  t.match(limited, { status: 429, body: { error: "slow_down", error_description: /in \d+ seconds\.$/ } });
  t.ok(Number(limited.headers.get("retry-after")) >= 1);
  await setup.admin.del(counter);
  const other = await setup.serve({ more: ranges });
  t.equal((await poll(other, second)).status, 200, "its code is not used up");
});

t.test("finds the client's address behind trusted proxies only", async (t) => {
  const flooded = rateLimits.registration;
  await statuses(flooded, from("203.0.113.10").register);
  for (const [forwardedFor, status] of [
    ["203.0.113.10, 192.0.2.1", 429],
    ["203.0.113.99, 203.0.113.10, 192.0.2.1, 192.0.2.2", 429],
    ["203.0.113.10,127.0.0.1", 429],
    ["::ffff:203.0.113.10", 429],
    ["203.0.113.10, 203.0.113.11", 201],
    ["203.0.113.10, 192.0.2.77", 201],
    ["203.0.113.10, unknown", 201],
    ["203.0.113.10, ", 201],
    ["198.51.100.1, 203.0.113.10", 429],
  ] as const) {
    t.equal((await from(forwardedFor).register()).status, status, forwardedFor);
  }
  await statuses(flooded, from("2001:db8:1:2::1").register);
  t.equal((await from("2001:db8:1:2:ffff::9").register()).status, 429, "one subscriber's network");
  t.equal((await from("2001:db8:1:3::1").register()).status, 201);
});

t.test("does not limit requests without a known address", async (t) => {
  t.same(await statuses(rateLimits.registration + 20, from("127.0.0.1").register), {
    201: rateLimits.registration + 20,
  });
  t.same(await statuses(rateLimits.registration + 20, () => register(origin).then(() => ({ status: 201 }))), {
    201: rateLimits.registration + 20,
  });
});

t.test("limits the refreshes of one client of one account, without ending its grant", async (t) => {
  const [loop, same, bob] = [
    await connect(origin, setup.user()),
    await connect(origin, setup.user()),
    await connect(origin, setup.user("bob")),
  ];
  const counter = `request-rate:account:1:${clientRef(loop.clientId as ClientId)}`;
  t.equal(await setup.admin.get(counter), "1", "its code");
  await setup.admin.incrby(counter, rateLimits.account - 2);
  t.equal((await refresh(origin, loop, loop.refreshToken)).status, 200, "the last one");
  const { status, headers, body } = await refresh(origin, loop, loop.refreshToken);
  t.match(body, { error: "temporarily_unavailable", error_description: /Try again in \d+ seconds\.$/ });
  t.equal(status, 429);
  t.ok(Number(headers.get("retry-after")) >= 1);
  t.equal((await refresh(origin, same, same.refreshToken)).status, 200, "another client of the account");
  t.equal((await refresh(origin, bob, bob.refreshToken)).status, 200, "another account");
  for (const key of await setup.admin.keys("request-rate:account:*")) await setup.admin.del(key);
  const other = await setup.serve({ more: ranges });
  t.equal((await refresh(other, loop, loop.refreshToken)).status, 200, "the grant is alive");
});

t.test("every counter expires within a minute", async (t) => {
  const keys = await setup.admin.keys("request-rate:*");
  t.ok(keys.length > 0);
  for (const key of keys) {
    const ttl = await setup.admin.ttl(key);
    // -2: it expired meanwhile.
    t.ok(ttl === -2 || (ttl >= 0 && ttl <= 60), `${key}: ${ttl}`);
  }
});

t.test("limits nothing while Redis is away", async (t) => {
  const proxy = await startRedisProxy(t, setup.redis.socketPath);
  const cut = await setup.serve({ more: { FJMCP_REDIS: `unix:${proxy.socketPath}` } });
  await setup.redis.kill("SIGSTOP");
  t.teardown(() => setup.redis.kill("SIGCONT"));
  t.same(await statuses(rateLimits.registration + 20, from("203.0.113.20", cut).register), {
    201: rateLimits.registration + 20,
  });
});

t.test("can be turned off", async (t) => {
  await setup.redis.kill("SIGCONT");
  const off = await setup.serve({ more: { FJMCP_RATE_LIMITS: "off" } });
  t.same(await statuses(rateLimits.registration + 20, from("203.0.113.30", off).register), {
    201: rateLimits.registration + 20,
  });
  t.same(await setup.admin.keys("request-rate:*:203.0.113.30"), []);
});
