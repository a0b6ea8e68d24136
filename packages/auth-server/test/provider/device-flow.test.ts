import t from "tap";
import { refresh, register, revoke, tokensOf } from "../support/client.ts";
import {
  allowDevice,
  deviceGrant,
  poll,
  registerDevice,
  requestDeviceCode,
  startDevice,
  typeCode,
} from "../support/device.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const other = (await setup.spawn()).origin;

t.test("advertises the endpoint and issues a code", async (t) => {
  const metadata = await (await fetch(`${origin}/.well-known/oauth-authorization-server`)).json();
  t.match(metadata, {
    device_authorization_endpoint: `${origin}/oauth/device`,
    grant_types_supported: [/./, /./, deviceGrant],
  });
  const { status, headers, body } = await requestDeviceCode(origin, await registerDevice(origin));
  t.equal(status, 200);
  t.equal(headers.get("cache-control"), "no-store");
  t.match(body, {
    device_code: /^[\w-]{43}$/,
    user_code: /^[B-Z]{4}-[B-Z]{4}$/,
    verification_uri: `${origin}/device`,
    verification_uri_complete: `${origin}/device?user_code=${String(body.user_code)}`,
    expires_in: 600,
    interval: 5,
  });
});

t.test("gives the device tokens of a grant once its user has allowed it", async (t) => {
  const device = await startDevice(origin, { resource: `${origin}/mcp/` });
  t.match(await poll(origin, device), { status: 400, body: { error: "authorization_pending" } });
  const result = await allowDevice(origin, setup.user(), device.userCode, { access: "read" });
  t.equal(result.status, 200);
  t.match(result.text, "Your device goes on by itself");
  const response = await poll(origin, device);
  t.match(response, {
    status: 200,
    body: { scope: "forgejo:read", token_type: "Bearer", expires_in: 86_400 },
  });
  const { refreshToken } = tokensOf(response);
  const client = { clientId: device.clientId, redirectUri: "" };
  const refreshed = tokensOf(await refresh(origin, client, refreshToken));
  t.equal((await revoke(origin, client, refreshed.accessToken)).status, 200);
  t.match(await refresh(origin, client, refreshed.refreshToken), { body: { error: "invalid_grant" } });
});

t.test("stores no grant for a device whose code has gone meanwhile", async (t) => {
  const device = await startDevice(origin);
  const user = setup.user();
  const consent = await typeCode(origin, user, device.userCode);
  await setup.admin.del(...(await setup.admin.keys("device-code:*")));
  const grants = async () => (await setup.admin.keys("*grant*")).toSorted();
  const before = await grants();
  const stopAt = (url: URL) => url.pathname === consent.url.pathname;
  await t.rejects(user.signInAndAllow(consent.url, { stopAt }), /has expired/);
  t.same(await grants(), before);
});

t.test("redeems a device code once, over all processes", async (t) => {
  const device = await startDevice(origin);
  await allowDevice(origin, setup.user(), device.userCode);
  const responses = await Promise.all(
    Array.from({ length: 50 }, (_, index) => poll(index % 2 === 0 ? origin : other, device)),
  );
  const winners = responses.filter(({ status }) => status === 200);
  t.equal(winners.length, 1);
  t.equal(responses.filter(({ body }) => body.error === "invalid_grant").length, 49);
  const { refreshToken } = tokensOf(winners[0]!);
  const client = { clientId: device.clientId, redirectUri: "" };
  t.equal((await refresh(other, client, refreshToken)).status, 200, "its tokens work");
});

t.test("lets one of two users decide that type the same code", async (t) => {
  const device = await startDevice(origin);
  const [alice, bob] = [setup.user("alice"), setup.user("bob")];
  const consents = await Promise.all([alice, bob].map((user) => typeCode(origin, user, device.userCode)));
  await allowDevice(origin, alice, device.userCode);
  await t.rejects(
    bob.signInAndAllow(consents[1]!.url, { stopAt: (url) => url.pathname === consents[1]!.url.pathname }),
    /has expired/,
  );
  const { accessToken } = tokensOf(await poll(origin, device));
  t.ok(accessToken);
  const grants = await setup.admin.keys("grant:*");
  const owners = (await Promise.all(grants.map((key) => setup.admin.get(key)))).map(
    (grant) => (JSON.parse(grant!) as { accountId: string }).accountId,
  );
  const idOf = (name: string) => String(setup.forgejo.users.find((user) => user.name === name)!.id);
  t.notOk(owners.includes(idOf("bob")), "nothing is left of the second decision");
  const [record] = await setup.admin.keys(`upstream:*:${idOf("bob")}`);
  t.ok((await setup.admin.ttl(record!)) <= 3600, "an unclaimed login expires soon");
});

t.test("does not claim to deny a device that was allowed in another browser", async (t) => {
  const device = await startDevice(origin);
  const late = await typeCode(origin, setup.user("bob"), device.userCode);
  await allowDevice(origin, setup.user("alice"), device.userCode);
  const result = await late.submit({ button: "Deny" });
  t.equal(result.status, 400);
  t.match(result.text, /Nothing has been allowed by this page/);
  t.notMatch(result.text, /Nothing was connected/);
  t.equal((await poll(origin, device)).status, 200);
});

t.test("says why a device gets no tokens, each in its own words", async (t) => {
  const denied = await startDevice(origin);
  const consent = await typeCode(origin, setup.user(), denied.userCode);
  const result = await consent.submit({ button: "Deny" });
  t.match(result.text, "Nothing was connected");
  const isOver = { status: 400, body: { error: "access_denied", error_description: /did not allow/ } };
  t.match(await poll(origin, denied), isOver);
  t.match(await poll(origin, denied), isOver, "again, too");

  const hasty = await startDevice(origin);
  t.match(await poll(origin, hasty), {
    body: {
      error: "authorization_pending",
      error_description: /^The user has not decided yet\. Open the verification page/,
    },
  });
  t.match(await poll(origin, hasty), {
    status: 400,
    body: {
      error: "slow_down",
      error_description: /^This device asks too often\. It must wait 5 seconds longer/,
    },
  });
  await allowDevice(origin, setup.user(), hasty.userCode);
  t.equal((await poll(origin, hasty)).status, 200, "a decision is not held back");

  const late = await startDevice(origin);
  const [key] = (await setup.admin.zrange("device-codes", "-1", "-1")) as [string];
  const payload = JSON.parse((await setup.admin.hget(key, "payload"))!) as object;
  await setup.admin.hset(key, "payload", JSON.stringify({ ...payload, exp: 1 }));
  t.match(await poll(origin, late), {
    status: 400,
    body: {
      error: "expired_token",
      error_description: /^The code was not used in time\. Start again on the device/,
    },
  });
  t.match(await poll(origin, { ...late, deviceCode: "unknown" }), { body: { error: "invalid_grant" } });
});

t.test("gives codes and tokens only to a client that has registered the grant", async (t) => {
  const web = await register(origin);
  const response = await requestDeviceCode(origin, web.clientId);
  t.match(response, {
    status: 400,
    body: { error: "unauthorized_client", error_description: /has not registered for this kind of request/ },
  });
  t.notOk("device_code" in response.body);
  const device = await startDevice(origin);
  await allowDevice(origin, setup.user(), device.userCode);
  const thief = await registerDevice(origin);
  t.match(await poll(origin, { ...device, clientId: thief }), { body: { error: "invalid_grant" } });
  t.equal((await poll(origin, device)).status, 200, "the owner's code is untouched");
  t.equal((await requestDeviceCode(origin, "no-client")).status, 401);
});

t.test("accepts a secret of a confidential client, and requires it", async (t) => {
  const clientId = await registerDevice(origin, { token_endpoint_auth_method: "client_secret_post" });
  t.equal((await requestDeviceCode(origin, clientId)).status, 401);
});

t.test("rejects a foreign resource and parameters without bounds before anything is stored", async (t) => {
  const clientId = await registerDevice(origin);
  const before = await setup.admin.zcard("device-codes");
  t.match(await requestDeviceCode(origin, clientId, { resource: "https://other.example/mcp" }), {
    body: { error: "invalid_target" },
  });
  t.equal((await requestDeviceCode(origin, clientId, { login_hint: "x".repeat(5000) })).status, 400);
  t.equal(await setup.admin.zcard("device-codes"), before);
});

t.test("keeps neither code in plaintext, and each for minutes only", async (t) => {
  const device = await startDevice(origin);
  const keys = [...(await setup.admin.keys("device-code:*")), ...(await setup.admin.keys("user-code:*"))];
  const dump: unknown[] = [];
  for (const key of keys) {
    const ttl = await setup.admin.ttl(key);
    t.ok(ttl > 0 && ttl <= 900, key);
    const isHash = (await setup.admin.type(key)) === "hash";
    dump.push(key, await (isHash ? setup.admin.hgetall(key) : setup.admin.get(key)));
  }
  const text = JSON.stringify(dump);
  t.notMatch(text, device.deviceCode);
  t.notMatch(text, device.userCode);
  t.notMatch(text, device.userCode.replace("-", ""));
});

t.test("deletes an allowed code with its grant", async (t) => {
  const device = await startDevice(origin);
  await allowDevice(origin, setup.user(), device.userCode);
  const tokens = tokensOf(await poll(origin, device));
  const before = (await setup.admin.keys("device-code:*")).length;
  await revoke(origin, { clientId: device.clientId, redirectUri: "" }, tokens.refreshToken);
  t.equal((await setup.admin.keys("device-code:*")).length, before - 1);
});

t.test("lets the device wait while Forgejo is unavailable, for another try", async (t) => {
  const device = await startDevice(origin);
  const user = setup.user();
  t.teardown(() => setup.forgejo.controls.clearFaults());
  setup.forgejo.controls.setFault({ mode: "503", path: /access_token/ });
  const failed = await allowDevice(origin, user, device.userCode);
  setup.forgejo.controls.clearFaults();
  t.match(failed.text, "your device still waits");
  t.match(await poll(origin, device), { body: { error: "authorization_pending" } });
  await allowDevice(origin, user, device.userCode);
  t.equal((await poll(origin, device)).status, 200);
});

t.test("lets the device wait while Redis accepts no writes", async (t) => {
  const device = await startDevice(origin);
  t.teardown(() => setup.admin.config("SET", "min-replicas-to-write", "0"));
  await setup.admin.config("SET", "min-replicas-to-write", "1");
  const polled = await poll(origin, device);
  t.match(polled, { status: 503, body: { error: "temporarily_unavailable" } });
  t.match(polled.headers.get("retry-after"), /^\d+$/);
  await setup.admin.config("SET", "min-replicas-to-write", "0");
  t.match(await poll(origin, device), { body: { error: "authorization_pending" } });
});
