import { readFile } from "node:fs/promises";
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

t.test("says which of the two it is: no response of Forgejo, or one that rejects this server", async (t) => {
  const own = await setUpAuthServer(t);
  const { origin, process: authServer } = await own.spawn();
  const user = own.user("alice");
  await connect(origin, user);
  await signIn(own, user);
  const form = await user.visit(`${origin}/connections/new-token`);

  /** The pages that ask Forgejo; the reference of the first is in the log. */
  async function rejected(error: string) {
    const opened = await user.visit(`${origin}/connections/accounts`);
    const sent = await form.submit({ button: "Create the token", fields: { name: "ci", access: "read" } });
    const [reference] = /[0-9A-Z]{10}$/.exec(opened.text.trim())!;
    const lines = (await readFile(authServer.logFile, "utf8")).split("\n");
    t.ok(
      lines.some((line) => line.includes(reference) && line.includes(`"error":"${error}"`)),
      error,
    );
    return [opened, sent];
  }

  own.forgejo.controls.setFault({ mode: "503", path: /api\/v1\/user/ });
  for (const { status, text } of await rejected("temporarily_unavailable")) {
    t.equal(status, 503);
    t.match(text, /Forgejo does not respond/);
  }
  own.forgejo.controls.clearFaults();
  own.forgejo.controls.deleteApp(own.forgejoApp.clientId);
  for (const { status, text } of await rejected("server_error")) {
    t.equal(status, 500);
    t.match(text, /Tell the administrator of this server/);
    t.notMatch(text, /does not respond/);
  }
  t.equal((await own.admin.keys("grant:*")).length, 1, "nothing ends");
});
