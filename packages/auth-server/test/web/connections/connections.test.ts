import t from "tap";
import { toolsets } from "@fjmcp/shared/oauth/toolsets";
import { authorize, connect, redeem, refresh, register, tokensOf } from "../../support/client.ts";
import { connectionIds, openConnection, scopeOf, signIn } from "../../support/connections.ts";
import { startRig } from "../../support/running-auth-server.ts";

const rig = await startRig(t);
const origin = await rig.serve();
const list = `${origin}/connections`;

t.beforeEach(async () => {
  await rig.admin.flushall();
});

t.test("asks for a sign-in before it shows anything or leads to Forgejo", async (t) => {
  const person = rig.person("bob");
  const page = await person.visit(list);
  t.equal(page.status, 200);
  t.equal(page.redirectChain.length, 1);
  t.match(page.headers["content-security-policy"], /form-action 'self' https:.*frame-ancestors 'none'/);
  t.match(page.headers["content-security-policy"], /default-src 'none'/);
  t.equal(page.headers["cache-control"], "no-store");
  t.notMatch(page.html, /<script/);
  t.same(await rig.admin.keys("login-state:*"), []);
  t.same(
    (await person.visit(`${list}/grants/unknown`)).form({ button: "Sign in with Forgejo" }) === undefined,
    false,
  );
});

t.test("an account without connections shows what to do, and can sign out", async (t) => {
  const person = rig.person("bob");
  const page = await signIn(rig, person);
  t.equal(page.url.href, list);
  t.match(page.text, /Signed in as bob/);
  t.match(page.text, /No application is connected/);
  t.ok(page.text.includes(`${origin}/mcp`));
  t.ok(page.html.includes(`${rig.forgejo.url}/user/settings/applications`));
  const [key] = await rig.admin.keys("connections-session:*");
  t.ok((await rig.admin.ttl(key!)) <= 1800);
  for (const value of await person.cookies.values()) {
    t.notOk(key!.includes(value), "the id is hashed");
    for (const stored of await rig.admin.keys("*")) t.notOk(stored.includes(value), stored);
  }
  const out = await page.submit({ button: "Sign out" });
  t.match(out.text, /You are signed out of this page/);
  t.ok(out.html.includes(`${rig.forgejo.url}/"`), "the way to sign out of Forgejo");
  t.same(await rig.admin.keys("connections-session:*"), []);
  t.notMatch((await person.visit(list)).text, /signed out/, "a notice is shown once");
});

t.test("shows what each connection is and may do", async (t) => {
  const person = rig.person("bob");
  const named = { client_name: "Claude</bdi><b>‮hostile" };
  await connect(origin, person, await register(origin, named));
  const page = await signIn(rig, person);
  t.match(page.text, /Claude<\/bdi><b>hostile/);
  t.notMatch(page.html, /<b>/);
  t.match(page.text, /Read and write · Used just now/);
  const one = await openConnection(rig, person);
  t.match(one.text, /client\.example/);
  t.match(one.text, /It registered itself; its name has not been checked/);
  t.match(one.text, /Issues, Pull requests, Code, Releases, Notifications, Context/);
  t.match(one.text, /Open sessions\s+Not known at present/, "no session-daemon runs here");
  t.notMatch(one.html, /<dt>Your name for it/);
  t.notMatch(page.text, /all accounts/i);
});

t.test("says nothing of the identity of a program on the user's device", async (t) => {
  const person = rig.person("bob");
  const uri = "http://127.0.0.1:9/callback";
  await connect(origin, person, await register(origin, { redirect_uris: [uri] }));
  await signIn(rig, person);
  t.match((await openConnection(rig, person)).text, /any program on your device can use its address/);
});

t.test("gives a connection a name of the user's own, which outlives a refresh", async (t) => {
  const person = rig.person("bob");
  const client = await connect(origin, person);
  await signIn(rig, person);
  const [grant] = await rig.admin.keys("grant:*");
  const ttl = await rig.admin.ttl(grant!);
  const page = await openConnection(rig, person);
  const renamed = await page.submit({ button: "Save name", fields: { name: "  work‮ laptop\n" } });
  t.match(renamed.text, /The name was saved/);
  t.match(renamed.text, /Your name for it\s+work laptop/);
  t.ok(Math.abs((await rig.admin.ttl(grant!)) - ttl) < 60);
  t.equal((await refresh(origin, client, client.refreshToken)).status, 200);
  t.match((await person.visit(list)).text, /work laptop/);
  const long = await (
    await openConnection(rig, person)
  ).submit({ button: "Save name", fields: { name: "x".repeat(500) } });
  t.match(long.text, /x{60}…/);
  const removed = await long.submit({ button: "Save name", fields: { name: " " } });
  t.notMatch(removed.html, /<dt>Your name for it/);
});

t.test("narrows a connection to read only and fewer areas at once, and never widens it", async (t) => {
  const person = rig.person("bob");
  const client = await connect(origin, person);
  await signIn(rig, person);
  const page = await openConnection(rig, person);
  const same = await page.submit({ button: "Save" });
  t.match(same.text, /Nothing was changed/);
  const none = await page.submit({ button: "Save", fields: { toolset: [] } });
  t.equal(none.status, 400);
  t.match(none.text, /Leave at least one area ticked/);
  t.match(none.html, /role="alert"/);

  const narrowed = await page.submit({
    button: "Save",
    fields: { access: "read", toolset: ["issues", "code"] },
  });
  t.match(narrowed.text, /Saved\. It may do less from now on/);
  t.match(narrowed.text, /Read only/);
  t.match(narrowed.text, /Areas\s+Issues, Code/);
  t.equal(await scopeOf(rig, client.accessToken), "forgejo:read");
  const next = await refresh(origin, client, client.refreshToken);
  t.equal(next.body.scope, "forgejo:read");

  // The page that was open before still offers more.
  await page.submit({ button: "Save", fields: { access: "write", toolset: [...toolsets] } });
  t.equal(await scopeOf(rig, tokensOf(next).accessToken), "forgejo:read");
  t.match((await openConnection(rig, person)).text, /Areas\s+Issues, Code/);
});

t.test("disconnects one connection, and with the last one the Forgejo tokens", async (t) => {
  const person = rig.person("bob");
  const [one, two] = [await connect(origin, person), await connect(origin, person)];
  const [id] = connectionIds(await signIn(rig, person));
  const after = await (await openConnection(rig, person, id)).submit({ button: "Disconnect" });
  t.equal(after.url.href, list);
  t.match(after.text, /Disconnected\. Its access has ended/);
  t.match(after.text, /You disconnected it on this page/);
  t.equal(connectionIds(after).length, 1);
  const statuses = await Promise.all(
    [one, two].map((client) => refresh(origin, client, client.refreshToken)),
  );
  t.same(new Set(statuses.map(({ status }) => status)), new Set([200, 400]));
  t.equal((await rig.admin.keys("upstream:*")).length, 1);

  const last = await (await openConnection(rig, person)).submit({ button: "Disconnect" });
  t.match(last.text, /No application is connected/);
  t.same(await rig.admin.keys("upstream:*"), []);
  t.same(await rig.admin.keys("token:*"), []);
  const [history] = await rig.admin.keys("account-history:*");
  t.ok((await rig.admin.ttl(history!)) > 0);
});

t.test("ends one of two installations of a client with a document, and leaves the other", async (t) => {
  const person = rig.person("bob");
  const client = {
    clientId: "https://claude.ai/oauth/mcp-oauth-client-metadata",
    redirectUri: "https://claude.ai/api/mcp/auth_callback",
  };
  const install = async () => tokensOf(await redeem(origin, await authorize(origin, client, person)));
  const [desktop, laptop] = [await install(), await install()];
  const page = await signIn(rig, person);
  const ids = connectionIds(page);
  t.equal(new Set(ids).size, 2);
  t.match((await openConnection(rig, person, ids[0])).text, /It publishes its identity at a site of its own/);
  await (await openConnection(rig, person, ids[0])).submit({ button: "Disconnect" });
  const [ended, alive] = await Promise.all(
    [laptop, desktop].map((one) => refresh(origin, client, one.refreshToken)),
  );
  t.match(ended, { status: 400, body: { error: "invalid_grant" } });
  t.equal(alive!.status, 200);
  t.same(connectionIds(await person.visit(list)), ids.slice(1));
});

t.test("accepts the same disconnect many times at once", async (t) => {
  const person = rig.person("bob");
  await connect(origin, person);
  const kept = await connect(origin, person);
  await signIn(rig, person);
  const page = await openConnection(rig, person, connectionIds(await person.visit(list)).at(-1));
  const pages = await Promise.all(Array.from({ length: 10 }, () => page.submit({ button: "Disconnect" })));
  for (const after of pages) t.match(after.text, /Disconnected\.|had already ended|Connected applications/);
  const ended = pages.filter(({ text }) => text.includes("Disconnected."));
  t.ok(ended.length <= 1, "one of them has ended it");
  t.equal((await rig.admin.keys("grant:*")).length, 1);
  t.equal((await refresh(origin, kept, kept.refreshToken)).status, 200);
  const [history] = await rig.admin.keys("account-history:*");
  t.equal(await rig.admin.llen(history!), 3, "two connected, one ended");
});

t.test("a session that has ended leads to the sign-in, and its forms change nothing", async (t) => {
  const person = rig.person("bob");
  await connect(origin, person);
  await signIn(rig, person);
  const page = await openConnection(rig, person);
  for (const key of await rig.admin.keys("connections-session:*")) await rig.admin.del(key);
  const after = await page.submit({ button: "Disconnect" });
  t.match(after.text, /You were signed out meanwhile, and nothing was changed/);
  t.ok(after.form({ button: "Sign in with Forgejo" }));
  t.equal((await rig.admin.keys("grant:*")).length, 1);
});

t.test("the start page and the consent page link to it", async (t) => {
  t.match((await rig.person().visit(origin)).html, /href="\/connections"/);
});
