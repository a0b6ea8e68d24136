import t from "tap";
import { connect, refresh } from "../../support/client.ts";
import { csrfOf, forge, openConnection, signIn } from "../../support/connections.ts";
import { startRig } from "../../support/running-auth-server.ts";

const rig = await startRig(t);
const origin = await rig.serve();
const list = `${origin}/connections`;

t.beforeEach(async () => {
  await rig.admin.flushall();
});

t.test("a disconnect beside narrowings ends the connection, and nothing of it comes back", async (t) => {
  const person = rig.person("bob");
  const client = await connect(origin, person);
  await signIn(rig, person);
  const page = await openConnection(rig, person);
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
    t.same(await rig.admin.keys(kind), [], kind);
});

t.test("while Redis is away every page and form says so, and works again afterwards", async (t) => {
  const person = rig.person("bob");
  await connect(origin, person);
  await signIn(rig, person);
  const one = await openConnection(rig, person);
  const csrf = csrfOf(one);
  const path = one.url.pathname;
  const token = { name: "ci", access: "read", days: "1", toolset: "issues", form: "one" };
  await rig.redis.kill("SIGKILL");
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
      const { status, text } = await person.visit(origin + path);
      return { path, status, text };
    }),
    ...sent.map(async ([path, fields]) => {
      const { status, html } = await forge(person, origin + path, {
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
  await rig.redis.start();
  t.equal((await person.visit(list)).status, 200);
});
