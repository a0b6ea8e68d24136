import t from "tap";
import { toolsets } from "@fjmcp/shared/oauth/toolsets";
import { authorize, connect, redeem, refresh, register, tokensOf } from "../../support/client.ts";
import { connectionIds, openConnection, scopeOf, signIn } from "../../support/connections.ts";
import { setUpAuthServer } from "../../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const list = `${origin}/connections`;

t.beforeEach(async () => {
  await setup.admin.flushall();
});

t.test("asks for a sign-in before it shows anything or leads to Forgejo", async (t) => {
  const user = setup.user("bob");
  const page = await user.visit(list);
  t.equal(page.status, 200);
  t.equal(page.redirectChain.length, 1);
  t.match(page.headers["content-security-policy"], /form-action 'self' https:.*frame-ancestors 'none'/);
  t.match(page.headers["content-security-policy"], /default-src 'none'/);
  t.equal(page.headers["cache-control"], "no-store");
  t.notMatch(page.html, /<script/);
  t.same(await setup.admin.keys("login-state:*"), []);
  t.same(
    (await user.visit(`${list}/grants/unknown`)).form({ button: "Sign in with Forgejo" }) === undefined,
    false,
  );
});

t.test("an account without connections shows what to do, and can sign out", async (t) => {
  const user = setup.user("bob");
  const page = await signIn(setup, user);
  t.equal(page.url.href, list);
  t.match(page.text, /Signed in as bob/);
  t.match(page.text, /No application is connected/);
  t.ok(page.text.includes(`${origin}/mcp`));
  t.ok(page.html.includes(`${setup.forgejo.url}/user/settings/applications`));
  const [key] = await setup.admin.keys("connections-session:*");
  t.ok((await setup.admin.ttl(key!)) <= 1800);
  for (const value of await user.cookies.values()) {
    t.notOk(key!.includes(value), "the id is hashed");
    for (const stored of await setup.admin.keys("*")) t.notOk(stored.includes(value), stored);
  }
  const out = await page.submit({ button: "Sign out" });
  t.match(out.text, /You are signed out of this page/);
  t.ok(out.html.includes(`${setup.forgejo.url}/"`), "the way to sign out of Forgejo");
  t.same(await setup.admin.keys("connections-session:*"), []);
  t.notMatch((await user.visit(list)).text, /signed out/, "a notice is shown once");
});

t.test("shows what each connection is and may do", async (t) => {
  const user = setup.user("bob");
  const named = { client_name: "Claude</bdi><b>‮hostile" };
  await connect(origin, user, await register(origin, named));
  const page = await signIn(setup, user);
  t.match(page.text, /Claude<\/bdi><b>hostile/);
  t.notMatch(page.html, /<b>/);
  t.match(page.text, /Read and write · Used just now/);
  const one = await openConnection(setup, user);
  t.match(one.text, /client\.example/);
  t.match(one.text, /It registered itself; its name has not been checked/);
  t.match(one.text, /Issues, Pull requests, Code, Releases, Notifications, Context/);
  t.match(one.text, /Open sessions\s+Not known at present/, "no session-daemon runs here");
  t.notMatch(one.html, /<dt>Your name for it/);
  t.notMatch(page.text, /all accounts/i);
});

t.test("says nothing of the identity of a program on the user's device", async (t) => {
  const user = setup.user("bob");
  const uri = "http://127.0.0.1:9/callback";
  await connect(origin, user, await register(origin, { redirect_uris: [uri] }));
  await signIn(setup, user);
  t.match((await openConnection(setup, user)).text, /any program on your device can use its address/);
});

t.test("gives a connection a name of the user's own, which outlives a refresh", async (t) => {
  const user = setup.user("bob");
  const client = await connect(origin, user);
  await signIn(setup, user);
  const [grant] = await setup.admin.keys("grant:*");
  const ttl = await setup.admin.ttl(grant!);
  const page = await openConnection(setup, user);
  const renamed = await page.submit({ button: "Save name", fields: { name: "  work‮ laptop\n" } });
  t.match(renamed.text, /The name was saved/);
  t.match(renamed.text, /Your name for it\s+work laptop/);
  t.ok(Math.abs((await setup.admin.ttl(grant!)) - ttl) < 60);
  t.equal((await refresh(origin, client, client.refreshToken)).status, 200);
  t.match((await user.visit(list)).text, /work laptop/);
  const long = await (
    await openConnection(setup, user)
  ).submit({ button: "Save name", fields: { name: "x".repeat(500) } });
  t.match(long.text, /x{60}…/);
  const removed = await long.submit({ button: "Save name", fields: { name: " " } });
  t.notMatch(removed.html, /<dt>Your name for it/);
});

t.test("narrows a connection to read only and fewer areas at once, and never widens it", async (t) => {
  const user = setup.user("bob");
  const client = await connect(origin, user);
  await signIn(setup, user);
  const page = await openConnection(setup, user);
  const same = await page.submit({ button: "Save" });
  t.match(same.text, /Nothing was changed/);
  const none = await page.submit({ button: "Save", fields: { toolset: [] } });
  t.equal(none.status, 400);
  t.match(none.text, /Leave at least one area ticked/);
  t.match(none.html, /role="alert"/);
  const chosen = async (level: string) =>
    (await page.submit({ button: "Save", fields: { access: level, toolset: [] } })).html.match(
      /name="access" value="(\w+)" checked/,
    )?.[1];
  t.same([await chosen("read"), await chosen("write")], ["read", "write"], "the level stays as it was sent");

  const narrowed = await page.submit({
    button: "Save",
    fields: { access: "read", toolset: ["issues", "code"] },
  });
  t.match(narrowed.text, /Saved\. It may do less from now on/);
  t.match(narrowed.text, /Read only/);
  t.match(narrowed.text, /Areas\s+Issues, Code/);
  t.equal(await scopeOf(setup, client.accessToken), "forgejo:read");
  const next = await refresh(origin, client, client.refreshToken);
  t.equal(next.body.scope, "forgejo:read");

  // The page that was open before still offers more.
  await page.submit({ button: "Save", fields: { access: "write", toolset: [...toolsets] } });
  t.equal(await scopeOf(setup, tokensOf(next).accessToken), "forgejo:read");
  t.match((await openConnection(setup, user)).text, /Areas\s+Issues, Code/);
});

t.test("disconnects one connection, and with the last one the Forgejo tokens", async (t) => {
  const user = setup.user("bob");
  const [one, two] = [await connect(origin, user), await connect(origin, user)];
  const [id] = connectionIds(await signIn(setup, user));
  const after = await (await openConnection(setup, user, id)).submit({ button: "Disconnect" });
  t.equal(after.url.href, list);
  t.match(after.text, /Disconnected\. Its access has ended/);
  t.match(after.text, /You disconnected it on this page/);
  t.equal(connectionIds(after).length, 1);
  const statuses = await Promise.all(
    [one, two].map((client) => refresh(origin, client, client.refreshToken)),
  );
  t.same(new Set(statuses.map(({ status }) => status)), new Set([200, 400]));
  t.equal((await setup.admin.keys("upstream:*")).length, 1);

  const last = await (await openConnection(setup, user)).submit({ button: "Disconnect" });
  t.match(last.text, /No application is connected/);
  t.same(await setup.admin.keys("upstream:*"), []);
  t.same(await setup.admin.keys("token:*"), []);
  const [history] = await setup.admin.keys("account-history:*");
  t.ok((await setup.admin.ttl(history!)) > 0);
});

t.test("ends one of two installations of a client with a document, and leaves the other", async (t) => {
  const user = setup.user("bob");
  const client = {
    clientId: "https://claude.ai/oauth/mcp-oauth-client-metadata",
    redirectUri: "https://claude.ai/api/mcp/auth_callback",
  };
  const install = async () => tokensOf(await redeem(origin, await authorize(origin, client, user)));
  const [desktop, laptop] = [await install(), await install()];
  const page = await signIn(setup, user);
  const ids = connectionIds(page);
  t.equal(new Set(ids).size, 2);
  t.match((await openConnection(setup, user, ids[0])).text, /It publishes its identity at a site of its own/);
  await (await openConnection(setup, user, ids[0])).submit({ button: "Disconnect" });
  const [ended, alive] = await Promise.all(
    [laptop, desktop].map((one) => refresh(origin, client, one.refreshToken)),
  );
  t.match(ended, { status: 400, body: { error: "invalid_grant" } });
  t.equal(alive!.status, 200);
  t.same(connectionIds(await user.visit(list)), ids.slice(1));
});

t.test("accepts the same disconnect many times at once", async (t) => {
  const user = setup.user("bob");
  await connect(origin, user);
  const kept = await connect(origin, user);
  await signIn(setup, user);
  const page = await openConnection(setup, user, connectionIds(await user.visit(list)).at(-1));
  const pages = await Promise.all(Array.from({ length: 10 }, () => page.submit({ button: "Disconnect" })));
  for (const after of pages) t.match(after.text, /Disconnected\.|had already ended|Connected applications/);
  const ended = pages.filter(({ text }) => text.includes("Disconnected."));
  t.ok(ended.length <= 1, "one of them has ended it");
  t.equal((await setup.admin.keys("grant:*")).length, 1);
  t.equal((await refresh(origin, kept, kept.refreshToken)).status, 200);
  const [history] = await setup.admin.keys("account-history:*");
  t.equal(await setup.admin.llen(history!), 3, "two connected, one ended");
});

t.test("a session that has ended leads to the sign-in, and its forms change nothing", async (t) => {
  const user = setup.user("bob");
  await connect(origin, user);
  await signIn(setup, user);
  const page = await openConnection(setup, user);
  for (const key of await setup.admin.keys("connections-session:*")) await setup.admin.del(key);
  const after = await page.submit({ button: "Disconnect" });
  t.match(after.text, /You were signed out meanwhile, and nothing was changed/);
  t.ok(after.form({ button: "Sign in with Forgejo" }));
  t.equal((await setup.admin.keys("grant:*")).length, 1);
});

t.test("the start page and the consent page link to the page of connections", async (t) => {
  t.match((await setup.user().visit(origin)).html, /href="\/connections"/);
});
