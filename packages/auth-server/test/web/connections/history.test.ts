import t from "tap";
import { connect, register } from "../../support/client.ts";
import { openConnection, signIn } from "../../support/connections.ts";
import { setUpAuthServer } from "../../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const list = `${origin}/connections`;

t.beforeEach(async () => {
  await setup.admin.flushall();
});

t.test("a user reads what was connected, narrowed and ended, by the names of that time", async (t) => {
  const user = setup.user("bob");
  const client = await connect(origin, user, await register(origin, { client_name: "Editor" }));
  await signIn(setup, user);
  let page = await openConnection(setup, user);
  page = await page.submit({ button: "Save name", fields: { name: "laptop" } });
  page = await page.submit({ button: "Save", fields: { access: "read" } });
  page = await page.submit({ button: "Disconnect" });
  t.match(page.text, /laptop\s+Editor\s+You disconnected it.*laptop\s+Editor\s+You allowed it less/s);
  t.match(page.text, /Editor\s+You connected it/);

  const events = await setup.admin.lrange("account-history:2", 0, "-1");
  t.same(
    events.map((event) => (JSON.parse(event) as { kind: string }).kind),
    ["ended", "narrowed", "connected"],
  );
  const [, narrowed, connected] = events.map((event) => JSON.parse(event) as object);
  t.match(narrowed, { by: "user", clientName: "Editor", label: "laptop", isPersonalToken: false });
  t.match(connected, { login: "bob" });
  for (const event of events) {
    t.match(event, /"clientRef":"[\da-f]{12}"/);
    t.notMatch(event, client.clientId, "the id is the registration itself");
  }
});

t.test("the history names a personal token as one, from its creation on", async (t) => {
  const user = setup.user("bob");
  await signIn(setup, user);
  const form = await user.visit(`${list}/new-token`);
  await form.submit({ button: "Create the token", fields: { name: "nightly-ci", access: "read" } });
  const page = await user.visit(list);
  t.match(page.text, /nightly-ci\s+Personal token\s+You created it/);
  const [event] = await setup.admin.lrange("account-history:2", 0, "-1");
  t.match(JSON.parse(event!), { kind: "token_created", isPersonalToken: true, label: "nightly-ci" });
});

t.test("shows the last tools of a connection to its user alone", async (t) => {
  const [alice, bob] = [setup.user("alice"), setup.user("bob")];
  setup.forgejo.controls.setAdmin("alice", true);
  await connect(origin, bob);
  await signIn(setup, bob);
  const [grant] = await setup.admin.keys("grant:*");
  t.notMatch((await openConnection(setup, bob)).text, /Last tools/);
  await setup.admin.rpush(grant!.replace("grant:", "grant-tools:"), "create_issue", "list_repo_issues");
  t.match((await openConnection(setup, bob)).text, /Last tools\s+create_issue\s+list_repo_issues/);
  await signIn(setup, alice);
  t.notMatch((await alice.visit(`${list}/accounts/2`)).text, /create_issue/);
});
