import * as oauth from "oauth4webapi";
import t from "tap";
import { allowDevice, deviceGrant } from "../support/device.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";

// oauth4webapi is an implementation of its own, one function for each request and response.

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const resource = `${origin}/mcp`;
const redirectUri = "https://client.example/callback";
const scope = "forgejo:read forgejo:write";
const insecure = { [oauth.allowInsecureRequests]: true };
const none = oauth.None();

async function discover(): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(origin);
  const response = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure });
  return oauth.processDiscoveryResponse(issuer, response);
}

async function register(server: oauth.AuthorizationServer, more: Partial<oauth.Client> = {}) {
  const metadata = { redirect_uris: [redirectUri], token_endpoint_auth_method: "none", ...more };
  const response = await oauth.dynamicClientRegistrationRequest(server, metadata, insecure);
  return oauth.processDynamicClientRegistrationResponse(response);
}

t.test("oauth4webapi: discovers the resource and the server", async (t) => {
  const url = new URL(resource);
  const response = await oauth.resourceDiscoveryRequest(url, insecure);
  const found = await oauth.processResourceDiscoveryResponse(url, response);
  t.same(found.authorization_servers, [origin]);
  const server = await discover();
  t.match(server, { issuer: origin, authorization_response_iss_parameter_supported: true });
  t.equal(server.introspection_endpoint, undefined, "introspection is not offered");
});

t.test("oauth4webapi: signs in, refreshes and revokes", async (t) => {
  const server = await discover();
  const client = await register(server);
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(server.authorization_endpoint!);
  url.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: redirectUri,
    response_type: "code",
    scope,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    resource,
  }).toString();
  const back = await setup.user().signInAndAllow(url, { stopAt: redirectUri });
  const parameters = oauth.validateAuthResponse(server, client, back, state);
  const exchanged = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    none,
    parameters,
    redirectUri,
    verifier,
    { additionalParameters: { resource }, ...insecure },
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, exchanged);
  t.match(tokens, { token_type: "bearer", scope });

  const refresh = (token: string) => oauth.refreshTokenGrantRequest(server, client, none, token, insecure);
  const refreshed = await oauth.processRefreshTokenResponse(
    server,
    client,
    await refresh(tokens.refresh_token!),
  );
  const revoked = await oauth.revocationRequest(server, client, none, refreshed.refresh_token!, insecure);
  await oauth.processRevocationResponse(revoked);
  await t.rejects(
    oauth.processRefreshTokenResponse(server, client, await refresh(refreshed.refresh_token!)),
    { name: "ResponseBodyError", error: "invalid_grant", status: 400 },
  );
});

t.test("oauth4webapi: a user denies, and a state that is not the client's is found", async (t) => {
  const server = await discover();
  const client = await register(server);
  const state = oauth.generateRandomState();
  const url = new URL(server.authorization_endpoint!);
  url.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: redirectUri,
    response_type: "code",
    code_challenge: await oauth.calculatePKCECodeChallenge(oauth.generateRandomCodeVerifier()),
    code_challenge_method: "S256",
    state,
  }).toString();
  const back = await setup.user().signInAndAllow(url, { stopAt: redirectUri, consent: "deny" });
  t.throws(() => oauth.validateAuthResponse(server, client, back, state), {
    name: "AuthorizationResponseError",
    error: "access_denied",
  });
  t.throws(() => oauth.validateAuthResponse(server, client, back, "another"), {
    name: "OperationProcessingError",
  });
});

t.test("oauth4webapi: a device signs in", async (t) => {
  const server = await discover();
  const client = await register(server, { redirect_uris: [], grant_types: [deviceGrant, "refresh_token"] });
  const started = await oauth.deviceAuthorizationRequest(
    server,
    client,
    none,
    new URLSearchParams({ scope: "forgejo:read", resource }),
    insecure,
  );
  const device = await oauth.processDeviceAuthorizationResponse(server, client, started);
  const poll = async () =>
    oauth.processDeviceCodeResponse(
      server,
      client,
      await oauth.deviceCodeGrantRequest(server, client, none, device.device_code, insecure),
    );
  await t.rejects(poll(), { name: "ResponseBodyError", error: "authorization_pending" });
  await allowDevice(origin, setup.user(), device.user_code, { access: "read" });
  t.match(await poll(), { scope: "forgejo:read", token_type: "bearer" });
  await t.rejects(poll(), { name: "ResponseBodyError", error: "invalid_grant" }, "a device code works once");
});
