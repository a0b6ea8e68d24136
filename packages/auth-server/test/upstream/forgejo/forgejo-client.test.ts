import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { inspect } from "node:util";
import t, { type Test } from "tap";
import { createForgejoClient } from "../../../src/upstream/forgejo/forgejo-client.ts";
import { TokenRejectedError } from "../../../src/upstream/errors/token-rejected-error.ts";
import { UpstreamMisconfiguredError } from "../../../src/upstream/errors/upstream-misconfigured-error.ts";
import { UpstreamUnavailableError } from "../../../src/upstream/errors/upstream-unavailable-error.ts";
import { version } from "@fjmcp/shared/version";
import { Secret } from "@fjmcp/shared/config/secret";

const nowMs = 1_000_000_000;

async function clientOf(t: Test, listener: RequestListener, path = "", timeoutMs = 60_000) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const app = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    clientId: "the-app",
    clientSecret: new Secret("the-secret"),
    redirectUri: "https://mcp.example/oauth/callback",
    timeoutMs,
  };
  return createForgejoClient(app, () => nowMs);
}

function respondWith(status: number, body: unknown): RequestListener {
  return (_, response) =>
    response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));
}

function jwt(claims: Record<string, unknown>): string {
  return ["{}", JSON.stringify(claims), "x"].map((part) => Buffer.from(part).toString("base64url")).join(".");
}

t.test("calls a Forgejo that has a path under that path", async (t) => {
  const seen: string[] = [];
  const client = await clientOf(
    t,
    (request, response) => {
      seen.push(`${request.method} ${request.url}`);
      response.end(
        '{"active":true,"scope":"read:user","id":1,"login":"a","access_token":"a","refresh_token":"r","expires_in":9}',
      );
    },
    "/forge",
  );
  await client.refresh("r");
  await client.introspect("a");
  await client.user("a");
  t.same(seen, [
    "POST /forge/login/oauth/access_token",
    "POST /forge/login/oauth/introspect",
    "GET /forge/api/v1/user",
  ]);
});

t.test(
  "sends the token request of RFC 6749: a form with secret, code, verifier and redirect URI",
  async (t) => {
    let body = "";
    const client = await clientOf(t, async (request, response) => {
      body = await text(request);
      response.end('{"access_token":"a","refresh_token":"r","expires_in":9}');
    });
    await client.exchangeCode("the-code", "the-verifier");
    t.same(Object.fromEntries(new URLSearchParams(body)), {
      grant_type: "authorization_code",
      code: "the-code",
      code_verifier: "the-verifier",
      redirect_uri: "https://mcp.example/oauth/callback",
      client_id: "the-app",
      client_secret: "the-secret",
    });
  },
);

t.test(
  "derives the life of opaque tokens from expires_in and of JWTs from their claims, by our clock",
  async (t) => {
    const opaque = { access_token: "a", refresh_token: "r", expires_in: 100 };
    const nowSec = nowMs / 1000;
    t.match(await (await clientOf(t, respondWith(200, opaque))).refresh("r"), {
      issuedAtSec: nowSec,
      expiresAtSec: nowSec + 100,
      refreshExpiresAtSec: nowSec + 730 * 3600,
      order: { gnt: "", cnt: 0, iat: nowSec },
      subject: undefined,
    });
    const skewed = 5_000_000;
    const forgejo = {
      access_token: jwt({ gnt: 3, tt: 0, iat: skewed, exp: skewed + 50 }),
      refresh_token: jwt({ gnt: 3, tt: 1, cnt: 9, iat: skewed, exp: skewed + 5000 }),
      id_token: jwt({ sub: "42" }),
    };
    t.match(await (await clientOf(t, respondWith(200, forgejo))).refresh("r"), {
      issuedAtSec: nowSec,
      expiresAtSec: nowSec + 50,
      refreshExpiresAtSec: nowSec + 5000,
      order: { gnt: "3", cnt: 9, iat: skewed },
      subject: "42",
    });
  },
);

t.test("maps errors of the token endpoint to rejected, misconfigured or unavailable", async (t) => {
  const rows: [status: number, error: string, description: string, kind: unknown][] = [
    [400, "invalid_grant", "grant does not exist", TokenRejectedError],
    [400, "unauthorized_client", "token was already used", TokenRejectedError],
    [400, "unauthorized_client", "failed PKCE code challenge", TokenRejectedError],
    [401, "invalid_grant", "Forgejo always replies 400", UpstreamUnavailableError],
    [403, "unauthorized_client", "a proxy", UpstreamUnavailableError],
    [400, "invalid_client", "cannot load client", UpstreamMisconfiguredError],
    [400, "unauthorized_client", "invalid client secret", UpstreamMisconfiguredError],
    [400, "unauthorized_client", "unexpected redirect URI", UpstreamMisconfiguredError],
    [400, "unauthorized_client", "redirect_uri does not match the request", UpstreamMisconfiguredError],
    [400, "invalid_request", "cannot proceed your request", UpstreamUnavailableError],
    [403, "", "", UpstreamUnavailableError],
  ];
  for (const [status, error, error_description, kind] of rows) {
    const client = await clientOf(t, respondWith(status, { error, error_description }));
    await t.rejects(client.refresh("r"), kind as ErrorConstructor, `${error} ${error_description}`);
  }
});

t.test(
  "follows no redirect, awaits no large or slow response, and quotes nothing of the exchange in errors",
  async (t) => {
    let followed = false;
    const listeners: Record<string, RequestListener> = {
      redirect: (request, response) => {
        followed ||= request.url === "/elsewhere";
        response.writeHead(307, { location: "/elsewhere" }).end();
      },
      big: respondWith(200, `{"canary":"${"x".repeat(2 * 1024 * 1024)}"}`),
      slow: (_, response) => void response.writeHead(200).write('{"canary":'),
      "5xx": respondWith(502, "canary"),
      "too many": respondWith(429, "canary"),
      html: respondWith(200, "<html>canary"),
      partial: respondWith(200, { access_token: "canary" }),
      lifeless: respondWith(200, { access_token: "canary", refresh_token: "canary" }),
    };
    for (const [name, listener] of Object.entries(listeners)) {
      const client = await clientOf(t, listener, "", name === "slow" ? 500 : undefined);
      for (const call of [() => client.refresh("canary"), () => client.user("canary")]) {
        const error = await call().catch((error: unknown) => error);
        t.match(error, UpstreamUnavailableError, name);
        t.notMatch(inspect(error, { depth: 9 }), /canary|the-secret/, name);
      }
    }
    t.notOk(followed);
  },
);

t.test("treats only Forgejo's own 401 as a rejected token, and one of a proxy as unavailable", async (t) => {
  const rejected = await clientOf(
    t,
    respondWith(401, { message: "no", url: "https://forge.example/api/swagger" }),
  );
  t.same(await rejected.user("a"), { status: "rejected" });
  const ofProxy: [status: number, body: unknown][] = [
    [401, { message: "Authentication is required" }],
    [401, { error: "unauthorized" }],
    [401, "<html>blocked"],
    [403, { error: "forbidden" }],
    [403, "<html>blocked"],
    [404, { message: "not found" }],
    [404, { message: "not found", url: "" }],
    [200, "<html>maintenance"],
    [200, { message: "welcome", url: "" }],
  ];
  for (const [status, body] of ofProxy) {
    const client = await clientOf(t, respondWith(status, body));
    await t.rejects(client.user("a"), UpstreamUnavailableError, `${status} ${JSON.stringify(body)}`);
  }
  const scopeIsMissing = { message: "token does not have at least one of required scope(s)", url: "" };
  await t.rejects((await clientOf(t, respondWith(403, scopeIsMissing))).user("a"), UpstreamUnavailableError);
});

t.test("reads a suspended user's sentence from a 403 without a url, cleaned and cut", async (t) => {
  const sentence = "You must change your password.\u202e Change it at: https://forge.example";
  const suspended = await clientOf(t, respondWith(403, { message: sentence }));
  t.same(await suspended.user("a-token"), {
    status: "suspended",
    message: "You must change your password. Change it at: https://forge.example",
  });
  const long = await (
    await clientOf(t, respondWith(403, { message: `a-token ${"x".repeat(9000)}` }))
  ).user("a-token");
  const message = long.status === "suspended" ? long.message : "";
  t.equal(message.length, 500);
  t.notMatch(message, "a-token");
  for (const user of [{ prohibit_login: true }, { active: false }]) {
    const client = await clientOf(t, respondWith(200, { id: 5, login: "x", ...user }));
    t.match(await client.user("a"), { status: "suspended", message: /does not let/ });
  }
  const good = await clientOf(t, respondWith(200, { id: 5, login: "x" }));
  t.same(await good.user("a"), { status: "ok", user: { id: "5", login: "x", isAdministrator: false } });
});

t.test("names itself and its version in every request to Forgejo", async (t) => {
  const seen: unknown[] = [];
  const client = await clientOf(t, (request, response) => {
    seen.push(request.headers["user-agent"]);
    response.end('{"active":true,"id":1,"login":"a","access_token":"a","refresh_token":"r","expires_in":9}');
  });
  await Promise.all([
    client.refresh("r"),
    client.exchangeCode("c", "v"),
    client.introspect("a"),
    client.user("a"),
  ]);
  t.same(seen, Array(4).fill(`fjmcp/${version}`));
});

t.test("fails without an introspection response", async (t) => {
  for (const status of [401, 403, 404]) {
    const client = await clientOf(t, respondWith(status, "no"));
    await t.rejects(client.introspect("a"), UpstreamMisconfiguredError);
  }
  const inactive = await clientOf(t, respondWith(200, { active: false }));
  t.equal(await inactive.introspect("a"), undefined);
  const page = await clientOf(t, respondWith(200, "<html>maintenance"));
  await t.rejects(page.introspect("a"), UpstreamUnavailableError);
});
