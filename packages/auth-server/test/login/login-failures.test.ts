import t from "tap";
import type { SignInOptions } from "@fjmcp/testkit/scripted-user/scripted-user";
import { grantKeys } from "../support/grant-keys.ts";
import { grantAtForgejo } from "../support/grant-at-forgejo.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import type { UserState } from "@fjmcp/testkit/forgejo/user-state";
import { authorizationRequest, connect, redirectUri, refresh, register } from "../support/client.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve({ more: { FJMCP_FORGEJO_TIMEOUT_SECONDS: "4" } });
const client = await register(origin);

async function outcome(how: Partial<SignInOptions> = {}) {
  const request = authorizationRequest(origin, client);
  const back = await setup.user().signInAndAllow(request.url, { stopAt: redirectUri, ...how });
  const { error, state, iss, code } = Object.fromEntries(back.searchParams);
  return { error, code, isState: state === request.state, isIssuer: iss === origin };
}

const failed = (error: string) => ({ error, code: undefined, isState: true, isIssuer: true });

t.test("returns state and iss with a code", async (t) => {
  t.match(await outcome(), { error: undefined, code: String, isState: true, isIssuer: true });
});

t.test("returns access_denied when the user denies here", async (t) => {
  t.same(await outcome({ consent: "deny" }), failed("access_denied"));
});

t.test("returns access_denied when the user denies at Forgejo", async (t) => {
  setup.forgejo.controls.revokeGrant("alice", setup.forgejoApp.clientId);
  t.same(await outcome({ forgejo: "deny" }), failed("access_denied"));
});

for (const mode of ["500", "503", "garbage", "hang", "close"] as const) {
  t.test(`returns temporarily_unavailable when Forgejo's token endpoint fails: ${mode}`, async (t) => {
    t.teardown(() => setup.forgejo.controls.clearFaults());
    setup.forgejo.controls.setFault({ mode, path: /access_token/ });
    t.same(await outcome(), failed("temporarily_unavailable"));
  });
}

t.test("sends a login whose code Forgejo rejects to Forgejo again, three times at most", async (t) => {
  const authorizations = () =>
    setup.forgejo.requests.filter(({ path, status }) => path === "/login/oauth/authorize" && status === 303)
      .length;
  await outcome();
  for (const losses of [1, 3]) {
    const user = setup.user();
    const request = authorizationRequest(origin, client);
    setup.forgejo.controls.loseCounterRace(losses);
    const back = await user.signInAndAllow(request.url, { stopAt: redirectUri });
    t.ok(back.searchParams.get("code"), `${losses} lost`);
    t.equal(back.searchParams.get("state"), request.state);
    const names = await user.cookies.namesFor(`${origin}/oauth/callback`);
    t.equal(
      names.filter((name) => /^fjmcp-[0-9a-f]{8}$/.test(name)).length,
      losses + 1,
      "one of each attempt",
    );
    const left = await Promise.all(
      (await setup.admin.keys("login-state:*")).map((key) => setup.admin.ttl(key)),
    );
    t.ok(Math.max(...left) <= 10, "each attempt ends in ten seconds");
  }
  const before = authorizations();
  setup.forgejo.controls.loseCounterRace(4);
  t.same(await outcome(), failed("temporarily_unavailable"));
  // The first redirect goes to Forgejo's login page, the second and the three repetitions bring a code.
  t.equal(authorizations() - before, 5);
});

t.test("lets no other browser finish a repeated login", async (t) => {
  const user = setup.user();
  const callback = (url: URL) => url.href.startsWith(`${origin}/oauth/callback`);
  const first = await user.signInAndAllow(authorizationRequest(origin, client).url, { stopAt: callback });
  setup.forgejo.controls.loseCounterRace(1);
  const repeated = await user.visit(first, { stopAt: (url) => callback(url) && url.href !== first.href });
  const second = repeated.externalRedirect!;
  t.not(second.searchParams.get("state"), first.searchParams.get("state"));
  t.match(await setup.user("bob").visit(second), { status: 400 });
  const stopAt = (url: URL) => callback(url) && url.href !== first.href;
  const again = await user.visit(first, { stopAt });
  const secondState = second.searchParams.get("state")!;
  t.equal(again.externalRedirect!.searchParams.get("state"), secondState, "a reload repeats the same way");
  const cookie = (await user.cookies.values()).find((value) => /^\d+\.[^.]+\.1\./.test(value))!;
  const stored = await Promise.all(
    (await setup.admin.keys("login-*:*")).map(async (key) => `${key} ${await setup.admin.get(key)}`),
  );
  for (const secret of [secondState, cookie, cookie.split(".")[3]!]) t.notMatch(stored.join("\n"), secret);
  const end = await user.visit(second, { stopAt: redirectUri });
  t.ok(end.externalRedirect?.searchParams.get("code"));
});

t.test("shows Forgejo's sentence to a suspended user, revokes nothing, and a retry works", async (t) => {
  const earlier = await connect(origin, setup.user());
  const sentences = {
    "must-change-password": /You must change your password/,
    "two-factor-missing": /enable two-factor authentication/,
    "email-not-confirmed": /This account is not activated/,
    prohibited: /This account is prohibited from signing in/,
  } as const;
  for (const [state, sentence] of Object.entries(sentences)) {
    const user = setup.user();
    const callback = (url: URL) => url.href.startsWith(`${origin}/oauth/callback`);
    const back = await user.signInAndAllow(authorizationRequest(origin, client).url, { stopAt: callback });
    setup.forgejo.controls.setUserState("alice", state as UserState);
    const page = await user.visit(back, { stopAt: redirectUri });
    setup.forgejo.controls.setUserState("alice", "normal");
    t.match(page, { status: 403, externalRedirect: undefined }, state);
    t.match(page.text, sentence, state);
    t.match(page.text, /[A-Z0-9]{10}/, "a reference");
    const retry = /href="(\/oauth\/interaction\/[^"]+)"/.exec(page.html)![1]!;
    const end = await user.signInAndAllow(`${origin}${retry}`, { stopAt: redirectUri });
    t.ok(end.searchParams.get("code"), state);
  }
  t.equal((await refresh(origin, earlier, earlier.refreshToken)).status, 200);
});

t.test("shows what Forgejo did not grant and where to revoke it, and a retry works", async (t) => {
  await grantAtForgejo(setup, "alice", "read:user write:repository");
  const user = setup.user();
  const callback = (url: URL) => url.href.startsWith(`${origin}/oauth/callback`);
  const back = await user.signInAndAllow(authorizationRequest(origin, client).url, { stopAt: callback });
  const page = await user.visit(back, { stopAt: redirectUri });
  t.match(page, { status: 403, externalRedirect: undefined });
  t.match(page.text, /write:issue/);
  t.match(page.html, `${setup.forgejo.url}/user/settings/applications`);

  setup.forgejo.controls.revokeGrant("alice", setup.forgejoApp.clientId);
  const retry = /href="(\/oauth\/interaction\/[^"]+)"/.exec(page.html)![1]!;
  const end = await user.signInAndAllow(`${origin}${retry}`, { stopAt: redirectUri });
  t.ok(end.searchParams.get("code"));
});

t.test("returns server_error when Forgejo granted more than is configured", async (t) => {
  await grantAtForgejo(setup, "alice", "all");
  t.same(await outcome(), failed("server_error"));
  setup.forgejo.controls.revokeGrant("alice", setup.forgejoApp.clientId);
});

t.test(
  "returns temporarily_unavailable when the account is disconnected between exchange and grant",
  async (t) => {
    const { clientId } = setup.forgejoApp;
    await setup.admin.flushall();
    const again = await register(origin);
    let hasEnded = false;
    // Deletes the record that the login has just stored, as the revocation of the account's last grant does.
    const path = (asked: string) => {
      if (asked !== "/api/v1/user" || hasEnded) return false;
      hasEnded = true;
      void setup.admin.del(`upstream:${clientId}:1`);
      return false;
    };
    setup.forgejo.controls.setFault({ path, mode: "500" });
    t.teardown(() => setup.forgejo.controls.clearFaults());
    const tryOnce = async () => {
      const request = authorizationRequest(origin, again);
      return (await setup.user().signInAndAllow(request.url, { stopAt: redirectUri })).searchParams;
    };
    const first = await tryOnce();
    t.ok(hasEnded);
    t.equal(first.get("error"), "temporarily_unavailable");
    t.match(first.get("error_description"), /disconnected.*try again/i);
    t.same(await setup.admin.keys("grant:*"), [], "no grant without tokens");
    t.ok((await tryOnce()).get("code"), "the next login works");
  },
);

t.test("returns server_error when Forgejo rejects our secret, and stores no grant and no code", async (t) => {
  await setup.admin.flushall();
  const fresh = await register(origin);
  setup.forgejo.controls.rotateSecret(setup.forgejoApp.clientId);
  const request = authorizationRequest(origin, fresh);
  const back = await setup.user().signInAndAllow(request.url, { stopAt: redirectUri });
  t.equal(back.searchParams.get("error"), "server_error");
  t.same(await grantKeys(setup.admin), []);
});
