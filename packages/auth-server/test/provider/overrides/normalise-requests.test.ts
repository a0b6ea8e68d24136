import t from "tap";
import { authorizationRequest, postJson, redirectUri, register } from "../../support/client.ts";
import { setUpAuthServer } from "../../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();

t.test("OIDCContext#params normalises an authorization request before it is validated", async (t) => {
  const client = await register(origin);
  // `claims` needs the scope `openid`: without normalisation this is an error.
  const { url } = authorizationRequest(origin, client, { claims: "{}", resource: `${origin}/mcp/` });
  const response = await fetch(url, { redirect: "manual" });
  t.match(response.headers.get("location"), /^(?!.*error=).*\/interaction\//);
});

t.test("OIDCContext#body normalises a registration before it is validated", async (t) => {
  const response = await postJson(`${origin}/oauth/register`, {
    redirect_uris: [redirectUri],
    client_name: null,
    grant_types: ["authorization_code", "refresh_token", "implicit"],
  });
  t.match(response, { status: 201, body: { grant_types: ["authorization_code", "refresh_token"] } });
});
