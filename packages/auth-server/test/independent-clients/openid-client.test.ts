import * as openid from "openid-client";
import t, { type Test } from "tap";
import { allowDevice, deviceGrant } from "../support/device.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";

// openid-client is a certified implementation of its own: it validates each response as its RFC demands.

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const resource = `${origin}/mcp`;
const redirectUri = "https://client.example/callback";
const options: openid.DynamicClientRegistrationRequestOptions = {
  algorithm: "oauth2",
  execute: [openid.allowInsecureRequests],
};

function registered(metadata: Partial<openid.ClientMetadata>, authentication?: openid.ClientAuth) {
  return openid.dynamicClientRegistration(
    new URL(origin),
    { client_name: "openid-client", redirect_uris: [redirectUri], ...metadata },
    authentication,
    options,
  );
}

/** From the authorization URL to the tokens, as a user of the sandbox. */
async function signIn(config: openid.Configuration): Promise<openid.TokenEndpointResponse> {
  const verifier = openid.randomPKCECodeVerifier();
  const state = openid.randomState();
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: "forgejo:read forgejo:write",
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    resource,
  });
  const back = await setup.user().signInAndAllow(url, { stopAt: redirectUri });
  const checks = { pkceCodeVerifier: verifier, expectedState: state };
  return openid.authorizationCodeGrant(config, back, checks, { resource });
}

async function requireInvalidGrant(t: Test, promise: Promise<unknown>) {
  await t.rejects(promise, { name: "ResponseBodyError", error: "invalid_grant", status: 400 });
}

for (const [name, method, authentication] of [
  ["a public client", "none", openid.None()],
  ["a client with a secret in a header", "client_secret_basic", undefined],
  ["a client with a secret in the form", "client_secret_post", undefined],
] as const) {
  t.test(`openid-client: ${name} signs in, refreshes and revokes`, async (t) => {
    const config = await registered({ token_endpoint_auth_method: method }, authentication);
    const tokens = await signIn(config);
    t.match(tokens, { token_type: "bearer", scope: "forgejo:read forgejo:write", expires_in: 86_400 });
    const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token!, { resource });
    t.not(refreshed.refresh_token, tokens.refresh_token);
    await openid.tokenRevocation(config, refreshed.access_token);
    await requireInvalidGrant(t, openid.refreshTokenGrant(config, refreshed.refresh_token!));
  });
}

t.test("openid-client: a device signs in", async (t) => {
  const metadata = {
    grant_types: [deviceGrant, "refresh_token"],
    token_endpoint_auth_method: "none",
  };
  const config = await registered(metadata, openid.None());
  const device = await openid.initiateDeviceAuthorization(config, { scope: "forgejo:read", resource });
  t.match(device, { verification_uri: `${origin}/device`, expires_in: 600, interval: 5 });
  await allowDevice(origin, setup.user(), device.user_code, { access: "read" });
  const tokens = await openid.pollDeviceAuthorizationGrant(config, device);
  t.equal(tokens.scope, "forgejo:read");
  t.ok(await openid.refreshTokenGrant(config, tokens.refresh_token!));
});
