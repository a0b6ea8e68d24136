import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import t, { type Test } from "tap";
import { LoginRequiredError } from "../../../src/upstream/errors/login-required-error.ts";
import { UpstreamUnavailableError } from "../../../src/upstream/errors/upstream-unavailable-error.ts";
import type { FaultMode } from "@fjmcp/testkit/forgejo/faults";
import { logIn, setUpstream, unrestricted } from "../../support/upstream-setup.ts";

const api = /^\/api\/v1\/user$/;
const introspection = /introspect/;
const tokenEndpoint = /access_token/;

async function loggedIn(t: Test) {
  const setup = await setUpstream(t);
  await logIn(setup);
  const alice = setup.account("alice");
  const { clientId } = setup.options.forgejo;
  return {
    setup,
    alice,
    check: () => setup.upstream.tokens.check(alice),
    revoke: () => setup.forgejo.controls.revokeGrant("alice", clientId),
    fail: (path: RegExp, mode: FaultMode) => setup.forgejo.controls.setFault({ path, mode }),
  };
}

/** A proxy in front of Forgejo which responds to `/api/v1/user` itself, whatever the token; all else is forwarded. */
async function proxyOfApi(t: Test, url: string, user: { status: number; body: object }): Promise<string> {
  const server = createServer(async (request, response) => {
    if (request.url === "/api/v1/user") {
      response.writeHead(user.status).end(JSON.stringify(user.body));
      return;
    }
    const { "content-type": type = "", authorization = "" } = request.headers;
    const headers = { "content-type": type, ...(authorization !== "" && { authorization }) };
    const forwarded = await fetch(`${url}${request.url}`, {
      method: "POST",
      headers,
      body: await text(request),
    });
    response.writeHead(forwarded.status).end(await forwarded.text());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

t.test("revokes the grants on Forgejo's 401 and its introspection of an inactive token", async (t) => {
  for (const end of ["revoke", "delete"] as const) {
    const { setup, alice, check, revoke, fail } = await loggedIn(t);
    if (end === "revoke") revoke();
    else setup.forgejo.controls.deleteUser("alice");
    fail(tokenEndpoint, "500");
    await t.rejects(check(), LoginRequiredError, end);
    t.same(setup.ended, [alice]);
    t.same(await unrestricted(t, setup.redis).keys("upstream:*"), []);
    t.notMatch(setup.logText(), /eyJ[\w-]{10}/, "no token is logged");
  }
});

t.test(
  "revokes the grants on Forgejo's 401 and a rejected refresh when introspection does not decide",
  async (t) => {
    const { setup, alice, check, revoke, fail } = await loggedIn(t);
    revoke();
    fail(introspection, "proxy-403");
    await t.rejects(check(), LoginRequiredError);
    t.same(setup.ended, [alice]);
  },
);

t.test("revokes nothing on Forgejo's 401 without a second statement of its own", async (t) => {
  for (const mode of [
    "500",
    "502",
    "503",
    "429",
    "garbage",
    "html-page",
    "redirect-to-page",
    "close",
    "hang",
  ] as const) {
    const { setup, check, revoke, fail } = await loggedIn(t);
    revoke();
    fail(introspection, mode);
    await t.rejects(check(), UpstreamUnavailableError, mode);
    setup.forgejo.controls.clearFaults();
    fail(introspection, "proxy-401");
    fail(tokenEndpoint, mode);
    await t.rejects(check(), UpstreamUnavailableError, mode);
    t.same(setup.ended, [], mode);
  }
});

t.test("revokes nothing on any response of a proxy in front of Forgejo, for all of its paths", async (t) => {
  const { setup, alice, check, fail } = await loggedIn(t);
  for (const mode of ["proxy-401", "proxy-403", "html-page", "redirect-to-page", "garbage", "429"] as const) {
    for (const paths of [[api], [api, introspection], [/./]]) {
      for (const path of paths) fail(path, mode);
      await check().catch(() => undefined);
      await setup.upstream.tokens.fresh(alice).catch(() => undefined);
      setup.clock.aheadMs += 61_000;
      setup.forgejo.controls.clearFaults();
    }
  }
  await check();
  t.ok((await setup.upstream.tokens.fresh(alice)).accessToken);
  t.same(setup.ended, []);
});

t.test("refreshes once, and revokes nothing, when only the API rejects an active token", async (t) => {
  const { setup, check } = await loggedIn(t);
  const { controls } = setup.forgejo;
  const body = { message: "oauth2 grant not found or revoked", url: "https://forge.example" };
  const other = await setup.another({ url: await proxyOfApi(t, setup.forgejo.url, { status: 401, body }) });
  await t.rejects(other.tokens.check(setup.account("alice")), UpstreamUnavailableError);
  t.equal(controls.counts.refreshes, 1);
  await check();
  t.same(setup.ended, []);
});

t.test("ends and changes nothing when the API names another user, as a cache in front may", async (t) => {
  const { setup, alice, check } = await loggedIn(t);
  const url = await proxyOfApi(t, setup.forgejo.url, { status: 200, body: { id: 2, login: "bob" } });
  for (const users of [[], ["alice"]]) {
    const other = await setup.another({ url }, undefined, { signIn: { users, organizations: [] } });
    await t.rejects(other.tokens.check(alice), UpstreamUnavailableError);
    setup.clock.aheadMs += 61_000;
    t.ok((await other.tokens.fresh(alice)).accessToken);
    t.match(await setup.upstream.loginOf(alice), { login: "alice" });
  }
  t.same(setup.ended, []);
  await check();
});

t.test("completes no login when the API names another user", async (t) => {
  const setup = await setUpstream(t);
  const url = await proxyOfApi(t, setup.forgejo.url, { status: 200, body: { id: 2, login: "bob" } });
  for (const users of [[], ["alice"]]) {
    const other = await setup.another({ url }, undefined, { signIn: { users, organizations: [] } });
    const code = await setup.codeFor(setup.user("alice"));
    await t.rejects(other.login.complete(...code), UpstreamUnavailableError);
  }
  t.same(setup.ended, []);
});

t.test("asks Forgejo at every check, also within a minute of the last", async (t) => {
  const { setup, check } = await loggedIn(t);
  const calls = () => setup.forgejo.requests.filter(({ path }) => path === "/api/v1/user").length;
  const before = calls();
  await check();
  await check();
  t.equal(calls(), before + 2);
});

t.test("refreshes an expired token before it checks the user", async (t) => {
  const { setup, alice, check } = await loggedIn(t);
  setup.clock.aheadMs = 3700 * 1000;
  await check();
  t.equal(setup.forgejo.controls.counts.refreshes, 1);
  setup.clock.aheadMs *= 2;
  setup.forgejo.controls.revokeGrant("alice", setup.options.forgejo.clientId);
  await t.rejects(check(), LoginRequiredError);
  t.same(setup.ended, [alice]);
});
