import t from "tap";
import { adminPaths, endAccessResponse } from "@fjmcp/shared/ipc/admin";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { connect } from "../../support/client.ts";
import { csrfOf, forge, openConnection, signIn } from "../../support/connections.ts";
import { grantAtForgejo } from "../../support/grant-at-forgejo.ts";
import { setUpAuthServer } from "../../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const socketPath = `${setup.directory}/admin.sock`;
const origin = await setup.serve({
  more: { FJMCP_ADMIN_SOCKET: socketPath, FJMCP_SIGN_IN_USERS: "alice bob" },
});
// Another process of the same installation, from which the administrator has removed bob.
const stricter = await setup.serve({ more: { FJMCP_SIGN_IN_USERS: "alice" } });
const list = `${origin}/connections`;
const newToken = `${list}/new-token`;
const button = "Create the token";
const fields = { name: "nightly-ci", access: "read" };

t.beforeEach(async () => {
  await setup.admin.flushall();
  setup.forgejo.controls.prohibit("bob", false);
  setup.forgejo.controls.clearFaults();
});

const sessions = () => setup.admin.keys("connections-session:*");
const endUser = (accountId: string) =>
  callIpc({
    socketPath,
    path: adminPaths.endUser,
    body: { accountId },
    schema: endAccessResponse,
    timeoutMs: 60_000,
  });

t.test("`fjmcp users end` ends all sessions of the account, and no other's", async (t) => {
  const [bob, bobElsewhere, alice] = [setup.user("bob"), setup.user("bob"), setup.user("alice")];
  await connect(origin, bob);
  for (const user of [bob, bobElsewhere, alice]) await signIn(setup, user);
  const page = await bob.visit(newToken);
  t.same(await endUser("2"), { status: "ok", grants: 1 });
  t.equal((await sessions()).length, 1);
  for (const user of [bob, bobElsewhere])
    t.ok((await user.visit(list)).form({ button: "Sign in with Forgejo" }));
  const late = await page.submit({ button, fields });
  t.match(late.text, /You were signed out meanwhile, and nothing was changed/);
  t.match((await alice.visit(list)).text, /Signed in as alice/);
  t.same(await setup.admin.keys("grant:*"), []);
});

t.test("`fjmcp users end` ends the sessions of an account without connections too", async (t) => {
  await signIn(setup, setup.user("bob"));
  t.same(await endUser("2"), { status: "unknown", grants: 0 });
  t.same(await sessions(), []);
});

t.test("access is ended while Redis is full, by the user and by an administrator", async (t) => {
  const bob = setup.user("bob");
  for (let count = 0; count < 2; count++) await connect(origin, bob);
  await signIn(setup, bob);
  const page = await openConnection(setup, bob);
  t.teardown(() => setup.admin.config("SET", "maxmemory", "0"));
  await setup.admin.config("SET", "maxmemory", "1");
  t.equal((await page.submit({ button: "Disconnect" })).status, 200);
  t.equal((await setup.admin.keys("grant:*")).length, 1);
  t.same(await endUser("2"), { status: "ok", grants: 1 });
  for (const kind of ["grant:*", "token:*", "upstream:*", "connections-session:*"])
    t.same(await setup.admin.keys(kind), [], kind);
});

t.test("a session whose user may no longer sign in makes no token, and ends", async (t) => {
  const user = setup.user("bob");
  await connect(origin, user);
  await signIn(setup, user);
  const page = await user.visit(newToken);
  const sent = { ...fields, csrf: csrfOf(page), form: "one", days: "30", toolset: "issues" };
  const cookie = await user.cookies.header(new URL(origin), { crossSite: false, method: "POST" });
  const target = `${stricter}/connections/new-token`;
  const rejected = await forge(user, target, { fields: sent, headers: { origin }, cookie });
  t.equal(rejected.status, 403);
  t.match(rejected.html, /has not allowed your account/);
  t.same(await setup.admin.keys("grant:*"), []);
  t.same(await sessions(), []);
});

t.test("a suspended user makes no token, reads Forgejo's sentence, and goes on afterwards", async (t) => {
  const user = setup.user("bob");
  await signIn(setup, user);
  const page = await user.visit(newToken);
  setup.forgejo.controls.prohibit("bob", true);
  const rejected = await page.submit({ button, fields });
  t.equal(rejected.status, 403);
  t.match(rejected.text, /prohibited from signing in/);
  t.same(await setup.admin.keys("grant:*"), []);
  setup.forgejo.controls.prohibit("bob", false);
  t.match((await page.submit({ button, fields })).html, /fjmcp_pat_/, "the same form works then");
});

t.test("while Forgejo does not respond no token is made, and the form can be sent again", async (t) => {
  const user = setup.user("bob");
  await signIn(setup, user);
  const page = await user.visit(newToken);
  setup.forgejo.controls.setFault({ mode: "503", path: /api\/v1\/user/ });
  const away = await page.submit({ button, fields });
  t.equal(away.status, 503);
  t.match(away.text, /Forgejo does not respond.*Nothing was changed/s);
  t.same(await setup.admin.keys("grant:*"), []);
  setup.forgejo.controls.clearFaults();
  t.match((await page.submit({ button, fields })).html, /fjmcp_pat_/);
});

t.test("a page that is only opened ends no session; a new sign-in ends the one of its browser", async (t) => {
  await grantAtForgejo(setup, "bob", "read:user write:repository");
  const user = setup.user("bob");
  await signIn(setup, user);
  const page = await (await user.visit(newToken)).submit({ button, fields });
  t.equal(page.status, 403);
  t.equal((await sessions()).length, 1);
  t.match((await user.visit(list)).text, /Signed in as bob/);
  const [before] = await sessions();
  setup.forgejo.controls.revokeGrant("bob", setup.forgejoApp.clientId);
  const forgejo = await page.submit({ button: "Try again" });
  await forgejo.submit({ button: { name: "granted", value: "true" } });
  const after = await sessions();
  t.equal(after.length, 1);
  t.not(after[0], before, "the new sign-in replaced it");
  t.equal((await user.visit(newToken)).status, 200);
});

t.test("the cookie outlives the session: its forms then lead to the sign-in, not to a fault", async (t) => {
  const user = setup.user("bob");
  await connect(origin, user);
  const response = await fetch(list);
  const [cookie] = response.headers.getSetCookie();
  t.ok(Number(/max-age=(\d+)/i.exec(cookie!)![1]) > 1800);
  await signIn(setup, user);
  const page = await openConnection(setup, user);
  for (const key of await sessions()) await setup.admin.del(key);
  const after = await page.submit({ button: "Disconnect" });
  t.match(after.text, /You were signed out meanwhile, and nothing was changed/);
});
