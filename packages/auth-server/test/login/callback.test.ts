import t from "tap";
import type { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import {
  authorizationRequest,
  connect,
  redeem,
  redirectUri,
  register,
  type Registered,
} from "../support/client.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const client = await register(origin);
const callback = `${origin}/oauth/callback`;
const toCallback = (url: URL) => url.href.startsWith(callback);
const toForgejo = (url: URL) => url.href.startsWith(`${setup.forgejo.url}/login/oauth/authorize`);

/** Allows the client; resolves with the URL at Forgejo that the browser is redirected to. */
async function goToForgejo(user: ScriptedUser, more: Record<string, string> = {}, from: Registered = client) {
  const request = authorizationRequest(origin, from, more);
  const page = await user.visit(request.url, { stopAt: toForgejo });
  const left = await page.confirm("Allow");
  return { request, url: left.externalRedirect! };
}

/** Signs in at Forgejo; resolves with the callback URL. */
function signIn(user: ScriptedUser, url: URL): Promise<URL> {
  return user.signInAndAllow(url, { stopAt: toCallback });
}

t.test("stores a hash of an unpredictable state for 30 minutes at most", async (t) => {
  const { url } = await goToForgejo(setup.user());
  const state = url.searchParams.get("state")!;
  t.ok(state.length >= 43);
  t.equal(url.searchParams.get("code_challenge_method"), "S256");
  const [key] = await setup.admin.keys("login-state:*");
  t.notMatch(key, state);
  t.ok((await setup.admin.ttl(key!)) <= 1800);
  await setup.admin.del(key!);
});

t.test("binds the login cookie to the state and keeps it for ten seconds after the callback", async (t) => {
  const user = setup.user();
  const { url } = await goToForgejo(user);
  const back = await signIn(user, url);
  const attempts = async () =>
    (await user.cookies.namesFor(callback)).filter((name) => /^fjmcp-[0-9a-f]{8}$/.test(name));
  t.equal((await attempts()).length, 1);
  const end = await user.visit(back, { stopAt: redirectUri });
  t.ok(end.externalRedirect?.searchParams.get("code"));
  t.equal((await attempts()).length, 1);
  const seconds = await Promise.all(
    ["login-state:*", "login-outcome:*", "interaction:*"].map(async (pattern) => {
      const ages = (await setup.admin.keys(pattern)).map((key) => setup.admin.ttl(key));
      return Math.min(...(await Promise.all(ages)));
    }),
  );
  for (const left of seconds) t.ok(left > 0 && left <= 11, String(left));
});

t.test("lets no other browser that has the callback URL finish or consume the login", async (t) => {
  const user = setup.user();
  const { url } = await goToForgejo(user);
  const back = await signIn(user, url);
  const thief = await setup.user("bob").visit(back, { stopAt: redirectUri });
  t.match(thief, { status: 400, externalRedirect: undefined });
  t.match(thief.text, /reference/i);
  const end = await user.visit(back, { stopAt: redirectUri });
  t.ok(end.externalRedirect?.searchParams.get("code"), "the browser that started it can finish");
});

t.test("rejects an attacker's callback URL in a victim's browser", async (t) => {
  const attacker = setup.user("bob");
  const { url } = await goToForgejo(attacker);
  const back = await signIn(attacker, url);
  const victim = setup.user();
  await goToForgejo(victim);
  t.match(await victim.visit(back, { stopAt: redirectUri }), { status: 400, externalRedirect: undefined });
});

t.test("accepts no state after the ten seconds", async (t) => {
  const user = setup.user();
  const { url } = await goToForgejo(user);
  const back = await signIn(user, url);
  await user.visit(back, { stopAt: redirectUri });
  await setup.admin.del(await setup.admin.keys("login-*"));
  t.match(await user.visit(back, { stopAt: redirectUri }), { status: 400, externalRedirect: undefined });
});

t.test("shows a page, without a redirect, for missing, foreign and expired states", async (t) => {
  const user = setup.user();
  const { url } = await goToForgejo(user);
  const back = await signIn(user, url);
  for (const query of ["", "?code=x", "?state=foreign&code=x", "?error=access_denied"]) {
    const page = await user.visit(`${callback}${query}`);
    t.match(page, { status: 400 });
    t.match(page.text, /[A-Z0-9]{10}/, "a reference");
  }
  await setup.admin.del(await setup.admin.keys("login-state:*"));
  t.match(await user.visit(back, { stopAt: redirectUri }), { status: 400, externalRedirect: undefined });
});

t.test("completes two tabs independently, in either order", async (t) => {
  const user = setup.user();
  const first = await goToForgejo(user);
  const second = await goToForgejo(user);
  const backSecond = await signIn(user, second.url);
  const backFirst = await signIn(user, first.url);
  for (const [back, { request }] of [
    [backFirst, first],
    [backSecond, second],
  ] as const) {
    const end = (await user.visit(back, { stopAt: redirectUri })).externalRedirect!;
    t.equal(end.searchParams.get("state"), request.state);
    const code = { ...client, code: end.searchParams.get("code")!, verifier: request.verifier };
    t.equal((await redeem(origin, code)).status, 200);
  }
});

t.test("keeps five login cookies at most and evicts the oldest", async (t) => {
  const user = setup.user();
  const urls: URL[] = [];
  for (let i = 0; i < 7; i += 1) urls.push((await goToForgejo(user)).url);
  const names = await user.cookies.namesFor(callback);
  t.equal(names.filter((name) => name.startsWith("fjmcp-")).length, 5);
  for (const [i, url] of urls.entries()) {
    const end = await user.visit(await signIn(user, url), { stopAt: redirectUri });
    if (i < 2) t.match(end, { status: 400, externalRedirect: undefined }, `login ${i}`);
    else t.ok(end.externalRedirect?.searchParams.get("code"), `login ${i}`);
  }
});

t.test(
  "keeps no session in the browser, only the number of its last account and what was chosen",
  async (t) => {
    const user = setup.user();
    await connect(origin, user);
    for (const path of ["/", "/oauth/authorize", "/oauth/callback"]) {
      const names = await user.cookies.namesFor(`${origin}${path}`);
      t.same(
        names.filter((name) => name.startsWith("fjmcp") && !/^fjmcp-[0-9a-f]{8}$/.test(name)).sort(),
        ["fjmcp-account", "fjmcp-choices"],
        path,
      );
    }
  },
);

t.test("asks for consent at every login, also for a client that was allowed before", async (t) => {
  const user = setup.user();
  await connect(origin, user, client);
  const page = await user.visit(authorizationRequest(origin, client).url);
  t.ok(page.form({ button: "Allow" }));
  t.ok(page.form({ button: "Deny" }));
  const none = await user.visit(authorizationRequest(origin, client, { prompt: "none" }).url);
  t.match(none.html, /error=login_required/);
});
