import t from "tap";
import { connect, refresh } from "../../support/client.ts";
import { csrfOf, forge, openConnection, signIn } from "../../support/connections.ts";
import { setUpAuthServer } from "../../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const list = `${origin}/connections`;

t.beforeEach(async () => {
  await setup.admin.flushall();
});

t.test("a disconnect beside narrowings ends the connection, and nothing of it comes back", async (t) => {
  const user = setup.user("bob");
  const client = await connect(origin, user);
  await signIn(setup, user);
  const page = await openConnection(setup, user);
  const narrow = () =>
    page.submit({ button: "Save", fields: { access: "read", toolset: ["issues", "code"] } });
  const pages = await Promise.all([
    ...Array.from({ length: 5 }, narrow),
    page.submit({ button: "Disconnect" }),
    ...Array.from({ length: 5 }, narrow),
  ]);
  for (const { status } of pages) t.ok(status === 200 || status === 404, String(status));
  t.equal((await refresh(origin, client, client.refreshToken)).status, 400);
  for (const kind of ["grant:*", "token:*", "account-grants:*", "grant-tools:*", "upstream:*"])
    t.same(await setup.admin.keys(kind), [], kind);
});

t.test("while Redis is away every page and form says so, and works again afterwards", async (t) => {
  const user = setup.user("bob");
  await connect(origin, user);
  await signIn(setup, user);
  const one = await openConnection(setup, user);
  const csrf = csrfOf(one);
  const path = one.url.pathname;
  const token = { name: "ci", access: "read", days: "1", toolset: "issues", form: "one" };
  await setup.redis.kill("SIGKILL");
  const opened = [
    "/connections",
    path,
    "/connections/new-token",
    "/connections/accounts",
    "/connections/accounts/2",
  ];
  const sent = [
    [path, { action: "rename", name: "x" }],
    [path, { action: "narrow", access: "read", toolset: "issues" }],
    [path, { action: "disconnect" }],
    ["/connections/new-token", token],
    ["/connections/sign-out", {}],
    ["/connections/sign-in", {}],
    ["/connections/accounts/2", { action: "disconnect", connection: "x" }],
  ] as const;
  const away = await Promise.all([
    ...opened.map(async (path) => {
      const { status, text } = await user.visit(origin + path);
      return { path, status, text };
    }),
    ...sent.map(async ([path, fields]) => {
      const { status, html } = await forge(user, origin + path, {
        fields: { ...fields, csrf },
        headers: { origin },
      });
      return { path, status, text: html };
    }),
  ]);
  for (const { path, status, text } of away) {
    t.equal(status, 503, path);
    t.match(text, /reference/i);
    t.notMatch(text, /ECONNREFUSED|redis/i);
  }
  await setup.redis.start();
  t.equal((await user.visit(list)).status, 200);
});
