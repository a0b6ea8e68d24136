import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { upstreamTokenPath, upstreamTokenResponse } from "@fjmcp/shared/ipc/upstream-token";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { monitorCommands } from "@fjmcp/testkit/redis/command-monitor";
import type { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import { setUpAuthServer } from "./support/auth-server-setup.ts";
import { postForm } from "@fjmcp/testkit/oauth-client/oauth-request";
import { authorizationRequest, redirectUri, register, tokensOf } from "./support/client.ts";

const setup = await setUpAuthServer(t);
const { origin, process: server } = await setup.spawn({ FJMCP_LOG_LEVEL: "debug" });
const monitor = await monitorCommands(setup.admin);
t.teardown(() => monitor.close());

const references: string[] = [];
const referenceOn = (page: { text: string }) => /reference: ([A-Z0-9]{10})/.exec(page.text)![1]!;

async function seenByRedis(): Promise<string> {
  return (await monitor.commands()).map((command) => command.join(" ")).join("\n");
}

const secrets = new Map<string, string>(setup.secrets.map((secret, i) => [`configured secret ${i}`, secret]));
const found = (text: string) =>
  [...secrets].filter(([, secret]) => text.includes(secret)).map(([name]) => name);

/** Adds the cookies that the browser would send to `url` to the secrets. */
async function recordCookies(user: ScriptedUser, url: URL): Promise<void> {
  const header = await user.cookies.header(url, { crossSite: false, method: "GET" });
  for (const cookie of header.split("; ")) {
    const [name, value] = cookie.split("=", 2) as [string, string];
    if (name.includes("fjmcp")) secrets.set(`cookie ${name}`, value);
  }
}

await t.test("completes a whole flow", async (t) => {
  const client = await register(origin, { token_endpoint_auth_method: "client_secret_basic" });
  secrets.set("client secret", client.clientSecret!);
  const basic = Buffer.from(`${client.clientId}:${client.clientSecret!}`).toString("base64");
  const headers = { authorization: `Basic ${basic}` };

  const user = setup.user();
  const request = authorizationRequest(origin, client);
  secrets.set("verifier", request.verifier).set("the client's state", request.state);
  const consent = await user.visit(request.url);
  await recordCookies(user, consent.url);
  const uid = consent.url.pathname.split("/").at(-1)!;
  secrets.set("interaction", uid).set("csrf", /name="csrf" value="([^"]+)"/.exec(consent.html)![1]!);
  await recordCookies(user, new URL(`${origin}/oauth/authorize/${uid}`));
  const atForgejo = await consent.confirm("Allow");
  t.equal(atForgejo.url.origin, setup.forgejo.url);
  const toCallback = (url: URL) => url.pathname === "/oauth/callback";
  const second = authorizationRequest(origin, client);
  secrets.set("second verifier", second.verifier).set("second state of the client", second.state);
  const back = await user.signInAndAllow(second.url, { stopAt: toCallback });
  secrets
    .set("upstream code", back.searchParams.get("code")!)
    .set("upstream state", back.searchParams.get("state")!);
  await recordCookies(user, back);

  const end = (await user.visit(back, { stopAt: redirectUri })).externalRedirect!;
  const code = end.searchParams.get("code")!;
  secrets.set("code", code);
  const form = {
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri,
    code_verifier: second.verifier,
  };
  const first = tokensOf(await postForm(`${origin}/oauth/token`, form, { headers }));
  await postForm(`${origin}/oauth/token`, form, { headers });
  const refreshed = tokensOf(
    await postForm(
      `${origin}/oauth/token`,
      { grant_type: "refresh_token", refresh_token: first.refreshToken },
      { headers },
    ),
  );
  for (const [name, tokens] of Object.entries({ first, refreshed })) {
    secrets.set(`${name} access token`, tokens.accessToken).set(`${name} refresh token`, tokens.refreshToken);
  }
  const upstream = await callIpc({
    socketPath: join(setup.directory, `ipc-${new URL(origin).port}.sock`),
    path: upstreamTokenPath,
    body: { accessToken: refreshed.accessToken },
    schema: upstreamTokenResponse,
    timeoutMs: 60_000,
  });
  if (upstream.status !== "ok") throw new Error(upstream.status);
  secrets.set("upstream access token", upstream.token);
  // Forgejo's refresh tokens are signed alike: no token of its kind may show up.
  secrets.set("head of every upstream token", upstream.token.split(".")[0]!);
  const rejected = await user.visit(`${origin}/oauth/callback?state=foreign-state&code=foreign-code`);
  references.push(referenceOn(rejected));
  const unknown = { clientId: "unregistered", redirectUri };
  const unregistered = await user.visit(authorizationRequest(origin, unknown).url);
  t.match(unregistered.text, /add it again/);
  references.push(referenceOn(unregistered));
  secrets.set("foreign state", "foreign-state").set("foreign code", "foreign-code");
  await postForm(`${origin}/oauth/revoke`, { token: refreshed.accessToken }, { headers });
  t.ok(secrets.size > 20);
});

t.test("sends no secret to Redis", async (t) => {
  const received = await seenByRedis();
  t.match(received, /token:refresh:[0-9a-f]{64}/, "it did receive the flow");
  t.same(found(received), []);
});

t.test("logs the reference of an error page beside the cause", (t) => {
  const log = readFileSync(server.logFile, "utf8");
  t.equal(references.length, 2);
  for (const reference of references) t.match(log, `"reference":"${reference}"`);
  t.end();
});

t.test("quotes no unparsable body or parameter in the log", async (t) => {
  const canary = "canary-canary";
  const json = { "content-type": "application/json" };
  for (const [path, init] of [
    ["/oauth/register", { method: "POST", headers: json, body: canary }],
    ["/oauth/register", { method: "POST", headers: json, body: `{"redirect_uris":["${canary}"]}` }],
    ["/oauth/token", { method: "POST", headers: json, body: canary }],
    [
      "/oauth/token",
      { method: "POST", body: new URLSearchParams({ grant_type: canary, client_id: canary }) },
    ],
    ["/oauth/token", { method: "POST", headers: { authorization: `Basic ${canary}` } }],
    [`/oauth/authorize?client_id=${canary}&scope=${canary}&state=${canary}&redirect_uri=${canary}`, {}],
    [`/oauth/callback?state=${canary}&error=${canary}`, {}],
  ] as [string, RequestInit][]) {
    const { status } = await fetch(`${origin}${path}`, init);
    t.ok(status >= 400 && status < 500, `${path.split("?")[0]}: ${status}`);
  }
  t.notMatch(readFileSync(server.logFile, "utf8"), canary);
});

t.test("logs no secret and no query at debug level", (t) => {
  const log = readFileSync(server.logFile, "utf8");
  t.match(log, "login.completed");
  t.match(log, '"path":"/oauth/callback"');
  t.same(found(log), []);
  t.notMatch(log, /\?(state|code|client_id|response_type)=/);
  for (const line of log.trim().split("\n")) t.doesNotThrow(() => JSON.parse(line) as unknown, line);
  t.end();
});

t.test("finds a planted secret", async (t) => {
  await setup.admin.set("planted", secrets.get("code")!);
  t.same(found(await seenByRedis()), ["code"]);
});
