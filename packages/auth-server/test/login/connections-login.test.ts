import t from "tap";
import { connect, refresh, register, authorizationRequest, redirectUri } from "../support/client.ts";
import { signIn } from "../support/connections.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import { shiftedClock } from "../support/shifted-clock.ts";

const { clock, advance } = shiftedClock();
const setup = await setUpAuthServer(t);
const origin = await setup.serve({ clock, more: { FJMCP_FORGEJO_TIMEOUT_SECONDS: "4" } });
const list = `${origin}/connections`;

t.beforeEach(async () => {
  await setup.admin.flushall();
});

t.test("the account's clients go on with the tokens of this login", async (t) => {
  const user = setup.user("bob");
  const client = await connect(origin, user);
  const counter = () => setup.forgejo.controls.grantOf("bob", setup.forgejoApp.clientId)!.counter;
  const before = counter();
  await signIn(setup, user);
  t.ok(counter() > before, "the exchange invalidated the refresh token before it");
  const [key] = await setup.admin.keys("upstream:*");
  t.ok((await setup.admin.ttl(key!)) > 3600, "the record lives as long as before");
  advance(2000);
  const first = await refresh(origin, client, client.refreshToken);
  t.equal(first.status, 200, "the Forgejo token is past half its life: it was refreshed");
  t.equal((await setup.admin.keys("grant:*")).length, 1);
});

t.test("an account without a client leaves no tokens behind for longer than an hour", async (t) => {
  const user = setup.user("bob");
  await signIn(setup, user);
  const [key] = await setup.admin.keys("upstream:*");
  t.ok((await setup.admin.ttl(key!)) <= 3600);
  const client = await connect(origin, user);
  t.ok((await setup.admin.ttl(key!)) > 3600, "a client that connects now keeps them");
  t.equal((await refresh(origin, client, client.refreshToken)).status, 200);
});

t.test("logins of a client and to the page of connections at the same moment both succeed", async (t) => {
  const user = setup.user("bob");
  await connect(origin, user);
  const client = await register(origin);
  const others = await Promise.all([
    ...[1, 2].map(async () => (await signIn(setup, setup.user("bob"))).url.href),
    ...[1, 2].map(async () => {
      const request = authorizationRequest(origin, client);
      const back = await setup.user("bob").signInAndAllow(request.url, { stopAt: redirectUri });
      return back.searchParams.has("code");
    }),
  ]);
  t.same(others, [list, list, true, true]);
  t.equal((await setup.admin.keys("connections-session:*")).length, 2);
});

t.test("a login whose code Forgejo rejects is sent there again, three times at most", async (t) => {
  await connect(origin, setup.user("bob"));
  setup.forgejo.controls.loseCounterRace(2);
  t.equal((await signIn(setup, setup.user("bob"))).url.href, list);
  setup.forgejo.controls.loseCounterRace(4);
  const page = await signIn(setup, setup.user("bob"));
  t.equal(page.status, 503);
  t.match(page.text, /Forgejo does not respond.*Reference for the administrator: \w{10}/s);
});

t.test("a login that is denied or fails at Forgejo ends on a page that says so", async (t) => {
  setup.forgejo.controls.revokeGrant("bob", setup.forgejoApp.clientId);
  const denied = await signIn(setup, setup.user("bob"), "false");
  t.equal(denied.status, 403);
  t.match(denied.text, /You did not sign in/);

  await connect(origin, setup.user("bob"));
  setup.forgejo.controls.setFault({ mode: "503", path: /access_token/ });
  t.teardown(() => setup.forgejo.controls.clearFaults());
  const away = await signIn(setup, setup.user("bob"));
  t.equal(away.status, 503);
  t.match(away.text, /Your connections are not affected/);
  t.equal((await setup.admin.keys("grant:*")).length, 1);
});

t.test("another browser can neither finish nor burn a login", async (t) => {
  const user = setup.user("bob");
  await connect(origin, user);
  const page = await user.visit(list);
  const stopAt = `${origin}/oauth/callback`;
  const held = await (await user.visit(list, { stopAt })).submit({ button: "Sign in with Forgejo" });
  t.equal(page.status, 200);
  const callback = held.externalRedirect!;
  const stranger = await setup.user("alice").visit(callback);
  t.equal(stranger.status, 400);
  t.match(stranger.text, /started in another browser/);
  const [first, second] = [await user.visit(callback), await user.visit(callback)];
  t.match(first.text, /Signed in as bob/);
  t.match(second.text, /Signed in as bob/, "repeated, with the same session");
  t.equal((await setup.admin.keys("connections-session:*")).length, 1);
});

t.test("an account that Forgejo suspends gets Forgejo's own sentence", async (t) => {
  const user = setup.user("bob");
  await connect(origin, user);
  t.teardown(() => setup.forgejo.controls.setUserState("bob", "normal"));
  const stopAt = `${origin}/oauth/callback`;
  const held = await (await user.visit(list, { stopAt })).submit({ button: "Sign in with Forgejo" });
  setup.forgejo.controls.prohibit("bob", true);
  const page = await user.visit(held.externalRedirect!);
  t.equal(page.status, 403);
  t.match(page.text, /prohibited from signing in/);
  t.match(page.html, /href="\/connections"/);
  t.same(await setup.admin.keys("connections-session:*"), []);
  t.equal((await setup.admin.keys("grant:*")).length, 1);
});
