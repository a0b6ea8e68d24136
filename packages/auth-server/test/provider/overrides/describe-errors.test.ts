import t, { type Test } from "tap";
import { sha256Hex } from "@fjmcp/shared/hash";
import { postForm } from "@fjmcp/testkit/oauth-client/oauth-request";
import { setUpAuthServer } from "../../support/auth-server-setup.ts";
import { connect, postJson, refresh, register } from "../../support/client.ts";
import { requestDeviceCode } from "../../support/device.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const client = await register(origin);

/** What a client reads of an error, by the event of oidc-provider with which its description is replaced. */
const descriptions: Record<string, (t: Test) => Promise<void>> = {
  "grant.error": async (t) => {
    const response = await postForm(`${origin}/oauth/token`, { client_id: client.clientId });
    t.match(response.body, { error: "invalid_request", error_description: /Update your/ });
  },
  "registration_create.error": async (t) => {
    const response = await postJson(`${origin}/oauth/register`, {});
    t.match(response.body, { error: "invalid_redirect_uri", error_description: /Update your/ });
  },
  "revocation.error": async (t) => {
    const response = await postForm(`${origin}/oauth/revoke`, { client_id: client.clientId });
    t.match(response.body, { error: "invalid_request", error_description: /Update your/ });
  },
  "device_authorization.error": async (t) => {
    const response = await requestDeviceCode(origin, client.clientId);
    t.match(response.body, { error: "unauthorized_client", error_description: /has not registered/ });
  },
  server_error: async (t) => {
    const { refreshToken } = await connect(origin, setup.user(), client);
    await setup.admin.hset(`token:refresh:${sha256Hex(refreshToken)}`, "payload", "no JSON");
    const response = await refresh(origin, client, refreshToken);
    t.match(response, { status: 500, body: { error: "server_error", error_description: /[A-Z0-9]{10}/ } });
  },
};

for (const [event, check] of Object.entries(descriptions)) {
  t.test(`describes an error at ${event}`, check);
}
