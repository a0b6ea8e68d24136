import t from "tap";
import { setUpAuthServer } from "../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const page = { origin: "https://inspector.example" };
const open = {
  "/oauth/register": "POST",
  "/oauth/token": "POST",
  "/oauth/revoke": "POST",
  "/.well-known/oauth-authorization-server": "GET",
  "/.well-known/openid-configuration": "GET",
  "/.well-known/oauth-protected-resource": "GET",
  "/.well-known/oauth-protected-resource/mcp": "GET",
};

for (const [path, method] of Object.entries(open)) {
  t.test(`opens ${path} to every origin, without credentials`, async (t) => {
    const preflight = await fetch(`${origin}${path}`, {
      method: "OPTIONS",
      headers: {
        ...page,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization, content-type, mcp-protocol-version",
      },
    });
    t.equal(preflight.status, 204);
    t.equal(preflight.headers.get("access-control-allow-origin"), "*");
    t.match(preflight.headers.get("access-control-allow-methods"), method);
    t.match(preflight.headers.get("access-control-allow-headers"), /mcp-protocol-version/);
    t.equal(preflight.headers.get("access-control-allow-credentials"), null);

    const response = await fetch(`${origin}${path}`, { method, headers: page });
    t.equal(response.headers.get("access-control-allow-origin"), "*", "also on an error");
  });
}

t.test("opens pages to no other origin", async (t) => {
  for (const path of ["/", "/oauth/authorize", "/oauth/interaction/x", "/oauth/callback"]) {
    const response = await fetch(`${origin}${path}`, { headers: page });
    t.equal(response.headers.get("access-control-allow-origin"), null, path);
  }
});
