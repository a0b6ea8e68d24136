import t from "tap";
import { setUpAuthServer } from "../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();

const oauth = {
  "/oauth/register": "POST",
  "/oauth/token": "POST",
  "/oauth/revoke": "POST",
  "/oauth/authorize": "GET, HEAD",
  "/oauth/jwks": "GET, HEAD",
  "/.well-known/oauth-authorization-server": "GET, HEAD",
  "/.well-known/openid-configuration": "GET, HEAD",
  "/.well-known/oauth-protected-resource": "GET, HEAD",
  "/.well-known/oauth-protected-resource/mcp": "GET, HEAD",
};
const pages = {
  "/": "GET, HEAD",
  "/oauth/callback": "GET, HEAD",
  "/oauth/interaction/some-id": "GET, HEAD, POST",
  "/oauth/authorize/some-id": "GET, HEAD",
};

for (const [path, allowed] of Object.entries({ ...oauth, ...pages })) {
  t.test(`allows ${allowed} on ${path} and names them in a 405`, async (t) => {
    for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]) {
      const response = await fetch(`${origin}${path}`, { method, redirect: "manual" });
      const body = await response.text();
      if (allowed.split(", ").includes(method)) {
        t.notOk([404, 405].includes(response.status), method);
        continue;
      }
      t.equal(response.status, 405, method);
      t.equal(response.headers.get("allow"), allowed, method);
      if (method === "HEAD") t.equal(body, "");
      else if (path in oauth)
        t.match(JSON.parse(body), { error: "invalid_request", error_description: allowed });
      else t.match(body, allowed);
    }
  });
}

t.test("lets no browser guess the type of a response", async (t) => {
  const form = { "content-type": "application/x-www-form-urlencoded" };
  for (const [path, init] of [
    ...Object.keys({ ...oauth, ...pages }).flatMap((path) => [
      [path, {}],
      [path, { method: "DELETE" }],
    ]),
    ["/oauth/callback", { headers: { "sec-fetch-mode": "no-cors" } }],
    ["/oauth/token", { method: "POST", headers: form, body: "x=1" }],
    ["/connections/sign-in", { method: "POST", headers: form, body: `x=${"1".repeat(20_000)}` }],
    ["/unknown", {}],
  ] as [string, RequestInit][]) {
    const { headers, status } = await fetch(`${origin}${path}`, { ...init, redirect: "manual" });
    t.equal(headers.get("x-content-type-options"), "nosniff", `${init.method ?? "GET"} ${path}: ${status}`);
  }
});

t.test("lets other origins read a 405, and accepts a preflight", async (t) => {
  const response = await fetch(`${origin}/oauth/token`, { headers: { origin: "https://inspector.example" } });
  t.match(response, { status: 405 });
  t.equal(response.headers.get("access-control-allow-origin"), "*");
  t.equal((await fetch(`${origin}/oauth/token`, { method: "OPTIONS" })).status, 204);
});
