import t from "tap";
import { adminPaths, endAccessResponse } from "@fjmcp/shared/ipc/admin";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { connect } from "../../support/client.ts";
import { csrfOf, forge, openConnection, signIn } from "../../support/connections.ts";
import { grantAtForgejo } from "../../support/grant-at-forgejo.ts";
import { startRig } from "../../support/running-auth-server.ts";

const rig = await startRig(t);
const socketPath = `${rig.directory}/admin.sock`;
const origin = await rig.serve({
  more: { FJMCP_ADMIN_SOCKET: socketPath, FJMCP_SIGN_IN_USERS: "alice bob" },
});
// Another process of the same installation, from which the administrator has removed bob.
const stricter = await rig.serve({ more: { FJMCP_SIGN_IN_USERS: "alice" } });
const list = `${origin}/connections`;
const newToken = `${list}/new-token`;
const button = "Create the token";
const fields = { name: "nightly-ci", access: "read" };

t.beforeEach(async () => {
  await rig.admin.flushall();
  rig.forgejo.controls.prohibit("bob", false);
  rig.forgejo.controls.clearFaults();
});

const sessions = () => rig.admin.keys("connections-session:*");
const endUser = (accountId: string) =>
  callIpc({
    socketPath,
    path: adminPaths.endUser,
    body: { accountId },
    schema: endAccessResponse,
    timeoutMs: 5000,
  });

t.test("`fjmcp users end` ends all sessions of the account, and no other's", async (t) => {
  const [bob, bobElsewhere, alice] = [rig.person("bob"), rig.person("bob"), rig.person("alice")];
  await connect(origin, bob);
  for (const person of [bob, bobElsewhere, alice]) await signIn(rig, person);
  const page = await bob.visit(newToken);
  t.same(await endUser("2"), { status: "ok", grants: 1 });
  t.equal((await sessions()).length, 1);
  for (const person of [bob, bobElsewhere])
    t.ok((await person.visit(list)).form({ button: "Sign in with Forgejo" }));
  const late = await page.submit({ button, fields });
  t.match(late.text, /You were signed out meanwhile, and nothing was changed/);
  t.match((await alice.visit(list)).text, /Signed in as alice/);
  t.same(await rig.admin.keys("grant:*"), []);
});

t.test("it ends the sessions of an account without connections too", async (t) => {
  await signIn(rig, rig.person("bob"));
  t.same(await endUser("2"), { status: "unknown", grants: 0 });
  t.same(await sessions(), []);
});

t.test("a session whose user may no longer sign in makes no token, and ends", async (t) => {
  const person = rig.person("bob");
  await connect(origin, person);
  await signIn(rig, person);
  const page = await person.visit(newToken);
  const sent = { ...fields, csrf: csrfOf(page), form: "one", days: "30", toolset: "issues" };
  const cookie = await person.cookies.header(new URL(origin), { crossSite: false, method: "POST" });
  const target = `${stricter}/connections/new-token`;
  const rejected = await forge(person, target, { fields: sent, headers: { origin }, cookie });
  t.equal(rejected.status, 403);
  t.match(rejected.html, /has not allowed your account/);
  t.same(await rig.admin.keys("grant:*"), []);
  t.same(await sessions(), []);
});

t.test("a suspended user makes no token, reads Forgejo's sentence, and goes on afterwards", async (t) => {
  const person = rig.person("bob");
  await signIn(rig, person);
  const page = await person.visit(newToken);
  rig.forgejo.controls.prohibit("bob", true);
  const rejected = await page.submit({ button, fields });
  t.equal(rejected.status, 403);
  t.match(rejected.text, /prohibited from signing in/);
  t.same(await rig.admin.keys("grant:*"), []);
  rig.forgejo.controls.prohibit("bob", false);
  t.match((await page.submit({ button, fields })).html, /fjmcp_pat_/, "the same form works then");
});

t.test("while Forgejo does not respond no token is made, and the form can be sent again", async (t) => {
  const person = rig.person("bob");
  await signIn(rig, person);
  const page = await person.visit(newToken);
  rig.forgejo.controls.setFault({ mode: "503", path: /api\/v1\/user/ });
  const away = await page.submit({ button, fields });
  t.equal(away.status, 503);
  t.match(away.text, /Forgejo does not respond.*Nothing was changed/s);
  t.same(await rig.admin.keys("grant:*"), []);
  rig.forgejo.controls.clearFaults();
  t.match((await page.submit({ button, fields })).html, /fjmcp_pat_/);
});

t.test("a page that is only opened ends no session; a new sign-in ends the one of its browser", async (t) => {
  await grantAtForgejo(rig, "bob", "read:user write:repository");
  const person = rig.person("bob");
  await signIn(rig, person);
  const page = await (await person.visit(newToken)).submit({ button, fields });
  t.equal(page.status, 403);
  t.equal((await sessions()).length, 1);
  t.match((await person.visit(list)).text, /Signed in as bob/);
  const [before] = await sessions();
  rig.forgejo.controls.revokeGrant("bob", rig.forgejoApp.clientId);
  const forgejo = await page.submit({ button: "Try again" });
  await forgejo.submit({ button: { name: "granted", value: "true" } });
  const after = await sessions();
  t.equal(after.length, 1);
  t.not(after[0], before, "the new sign-in replaced it");
  t.equal((await person.visit(newToken)).status, 200);
});

t.test("the cookie outlives the session: its forms then lead to the sign-in, not to a fault", async (t) => {
  const person = rig.person("bob");
  await connect(origin, person);
  const response = await fetch(list);
  const [cookie] = response.headers.getSetCookie();
  t.ok(Number(/max-age=(\d+)/i.exec(cookie!)![1]) > 1800);
  await signIn(rig, person);
  const page = await openConnection(rig, person);
  for (const key of await sessions()) await rig.admin.del(key);
  const after = await page.submit({ button: "Disconnect" });
  t.match(after.text, /You were signed out meanwhile, and nothing was changed/);
});
