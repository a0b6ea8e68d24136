// One row for each change of oidc-provider's behaviour: what a client sees with it, and would not see without it.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { clientRef } from "@fjmcp/shared/client-ref";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { ClientId } from "@fjmcp/shared/ids";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import { postForm } from "@fjmcp/testkit/oauth-client/oauth-request";
import { sendRequest } from "@fjmcp/testkit/scripted-user/browser-request";
import { rateLimits } from "../../../src/rate-limit/rate-limiter.ts";
import { setUpAuthServer } from "../../support/auth-server-setup.ts";
import {
  authorizationRequest,
  authorize,
  connect,
  openPage,
  redeem,
  redirectUri,
  refresh,
  register,
  tokensOf,
  type Registered,
} from "../../support/client.ts";
import {
  allowDevice,
  deviceGrant,
  poll,
  requestDeviceCode,
  startDevice,
  typeCode,
} from "../../support/device.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const both = "forgejo:read forgejo:write";
const elsewhere = { resource: "https://elsewhere.example/mcp" };
const invalidTarget = { status: 400, body: { error: "invalid_target" } };

/** The counter of the token requests of a client of alice. */
const counterOf = ({ clientId }: Registered) =>
  `request-rate:account:${idOf("alice")}:${clientRef(clientId as ClientId)}`;

function idOf(name: string): number {
  return setup.forgejo.users.find((user) => user.name === name)!.id;
}

/** A server that has found a limit reached rejects by itself for a while: no other row uses this counter. */
async function reach(counter: string, limit: "account" | "accountDevices"): Promise<void> {
  await setup.admin.set(counter, rateLimits[limit], "EX", 60);
}

async function allowedDevice(user: string) {
  const device = await startDevice(origin);
  await allowDevice(origin, setup.user(user), device.userCode);
  return device;
}

/** The Location of a denial, as bytes. */
async function denialOf(other: Registered): Promise<string | undefined> {
  const user = setup.user();
  const { url } = authorizationRequest(origin, other);
  const isResumed = (next: URL) => next.pathname.startsWith("/oauth/authorize/");
  const resume = await user.signInAndAllow(url, { stopAt: isResumed, consent: "deny" });
  const cookie = await user.cookies.header(resume, { crossSite: true, method: "GET" });
  const { headers } = await sendRequest({ method: "GET", url: resume, headers: { cookie } });
  return headers.location;
}

/** The rows of `overrides/FILE.ts`, or of another file of `provider/`, by the hook that each relies on. */
const overrides: Record<string, Record<string, (t: Test, client: Registered) => Promise<void>>> = {
  "access-of-grants": {
    "Grant.IN_PAYLOAD": async (t, client) => {
      const { accessToken } = await connect(origin, setup.user(), client);
      const record = await setup.admin.get(redisKeys.accessToken(sha256Hex(accessToken)));
      const { grantId } = JSON.parse(record!) as { grantId: string };
      const grant = JSON.parse((await setup.admin.get(`grant:${grantId}`))!) as object;
      t.match(grant, { scope: both, requestedScope: both, toolsets: Array, forgejoClientId: String });
    },
    "Grant.find": async (t, client) => {
      const how = { more: { scope: both }, signIn: { access: "read" } } as const;
      const code = await authorize(origin, client, setup.user(), how);
      const { refreshToken } = tokensOf(await redeem(origin, code));
      const refreshed = await refresh(origin, client, refreshToken, { scope: both });
      t.match(
        refreshed,
        { status: 200, body: { scope: "forgejo:read" } },
        "what the user left out is ignored",
      );
    },
  },
  "account-limits": {
    "AuthorizationCode#consume": async (t, client) => {
      const code = await authorize(origin, client, setup.user());
      await reach(counterOf(client), "account");
      t.match(await redeem(origin, code), { status: 429, body: { error: "temporarily_unavailable" } });
    },
    "RefreshToken#consume": async (t, client) => {
      const { refreshToken } = await connect(origin, setup.user(), client);
      await reach(counterOf(client), "account");
      const refreshed = await refresh(origin, client, refreshToken);
      t.match(refreshed, { status: 429, body: { error: "temporarily_unavailable" } });
    },
    "DeviceCode#consume": async (t) => {
      const device = await allowedDevice("bob");
      await reach(`request-rate:accountDevices:${idOf("bob")}`, "accountDevices");
      t.match(await poll(origin, device), { status: 429, body: { error: "slow_down" } });
    },
  },
  "reject-foreign-resource": {
    "AuthorizationCode#consume": async (t, client) => {
      const code = await authorize(origin, client, setup.user());
      t.match(await redeem(origin, code, elsewhere), invalidTarget);
      t.equal(await setup.admin.get(counterOf(client)), null, "the request was not counted");
    },
    "RefreshToken#consume": async (t, client) => {
      const { refreshToken } = await connect(origin, setup.user(), client);
      t.match(await refresh(origin, client, refreshToken, elsewhere), invalidTarget);
      t.equal(await setup.admin.get(counterOf(client)), "1", "the code alone was counted");
    },
    "DeviceCode#consume": async (t) => {
      const { clientId, deviceCode } = await allowedDevice("alice");
      const form = { grant_type: deviceGrant, client_id: clientId, device_code: deviceCode, ...elsewhere };
      t.match(await postForm(`${origin}/oauth/token`, form), invalidTarget);
      t.equal(
        await setup.admin.get(`request-rate:accountDevices:${idOf("alice")}`),
        null,
        "the request was not counted",
      );
    },
  },
  "deterministic-codes": {
    "AuthorizationCode#generateTokenId": async (t, client) => {
      const user = setup.user();
      const { url } = authorizationRequest(origin, client);
      const isResumed = (next: URL) => next.pathname.startsWith("/oauth/authorize/");
      const resume = await user.signInAndAllow(url, { stopAt: isResumed });
      const cookie = await user.cookies.header(resume, { crossSite: true, method: "GET" });
      const open = () => sendRequest({ method: "GET", url: resume, headers: { cookie } });
      const [first, second] = [await open(), await open()];
      t.match(first.headers.location, /[?&]code=/);
      t.equal(second.headers.location, first.headers.location, "one code, however often it is resumed");
    },
  },
  "device-polling": {
    "DeviceCode.find": async (t) => {
      const device = await startDevice(origin);
      t.match(await poll(origin, device), { body: { error: "authorization_pending" } });
      t.match(await poll(origin, device), { body: { error: "slow_down" } });
    },
  },
  "errors-before-decision": {
    allow_redirect: async (t, client) => {
      const page = await openPage(authorizationRequest(origin, client, { prompt: "none" }).url);
      t.match(page, { status: 400, location: null, target: redirectUri });
    },
  },
  "exact-redirects": {
    registerResponseMode: async (t) => {
      const exact = "https://client.example/cb?a=b%20c+d&state=own&e";
      const other = { ...(await register(origin, { redirect_uris: [exact] })), redirectUri: exact };
      t.ok((await denialOf(other))?.startsWith(`${exact}&error=access_denied`));
    },
  },
  "unusable-documents": {
    "Client.find": async (t) => {
      // A client's document is never fetched from inside this network.
      const client_id = "https://127.0.0.1/client.json";
      const grant = { grant_type: "refresh_token", refresh_token: "x" };
      for (const [path, form] of Object.entries({ token: grant, revoke: { token: "x" }, device: {} })) {
        const response = await postForm(`${origin}/oauth/${path}`, { client_id, ...form });
        t.match(response, { status: 401, body: { error: "invalid_client" } }, path);
      }
    },
  },
  "registered-grant-types": {
    "Client#grantTypeAllowed": async (t) => {
      for (const [registered, unregistered] of [
        ["authorization_code", ["refresh_token", deviceGrant]],
        [deviceGrant, ["authorization_code", "refresh_token"]],
      ] as const) {
        const { clientId } = await register(origin, { grant_types: [registered] });
        const errorOf = async (grant_type: string) =>
          (await postForm(`${origin}/oauth/token`, { grant_type, client_id: clientId })).body.error;
        for (const type of unregistered) t.equal(await errorOf(type), "unauthorized_client", type);
        t.equal(await errorOf(registered), "invalid_request", `${registered} without its code`);
        t.equal(await errorOf("password"), "unsupported_grant_type");
        const { body } = await requestDeviceCode(origin, clientId);
        t.equal(
          body.error,
          registered === deviceGrant ? undefined : "unauthorized_client",
          "a device's code",
        );
      }
    },
  },
  "optional-redirect-uri": {
    "AuthorizationCode.find": async (t, client) => {
      const { code, verifier } = await authorize(origin, client, setup.user());
      const form = { grant_type: "authorization_code", client_id: client.clientId, code };
      const response = await postForm(`${origin}/oauth/token`, { ...form, code_verifier: verifier });
      t.equal(response.status, 200, "without redirect_uri");
    },
  },
  "device-authorizations": {
    "new Interaction(uid, payload)": async (t) => {
      const { userCode } = await startDevice(origin);
      const consent = await typeCode(origin, setup.user(), userCode);
      t.match(consent.url.pathname, /^\/oauth\/interaction\//);
      t.match(consent.text, userCode);
    },
  },
};

for (const [override, hooks] of Object.entries(overrides)) {
  for (const [hook, check] of Object.entries(hooks)) {
    t.test(`${override} works through ${hook}`, async (t) => {
      await check(t, await register(origin));
    });
  }
}

t.test("every override has rows here or a test of its own", async (t) => {
  const own = readdirSync(import.meta.dirname).map((file) => file.replace(".test.ts", ""));
  const all = readdirSync(join(import.meta.dirname, "../../../src/provider/overrides"));
  const through = new Set(["model-hooks", ...own, ...Object.keys(overrides)]);
  t.same(
    all.map((file) => file.replace(".ts", "")).filter((override) => !through.has(override)),
    [],
  );
});
