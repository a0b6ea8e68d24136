import t from "tap";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import type { Page } from "@fjmcp/testkit/scripted-user/page";
import { signIn } from "../../support/connections.ts";
import { grantAtForgejo } from "../../support/grant-at-forgejo.ts";
import { shiftedClock } from "../../support/shifted-clock.ts";
import { serveTwoApplications } from "../../support/two-applications.ts";

const button = "Create the token";
const tokenOn = (page: Page) => /fjmcp_pat_[\dA-Za-z]{42}/.exec(page.html)![0];

t.test(
  "a personal token rests on the application of its access, at which its user signs in first",
  async (t) => {
    const { clock, advance } = shiftedClock();
    const { setup, applications, another, hasRecord, forgejoToken, use } = await serveTwoApplications(
      t,
      clock,
    );
    const user = setup.user();
    const form = `${setup.issuer}/connections/new-token`;
    await signIn(setup, user);
    t.notOk(await hasRecord("write"), "the page itself needs no more than reading");

    let page = await user.visit(form);
    t.match(page.text, "Forgejo itself enforces this.");
    const reading = tokenOn(await page.submit({ button, fields: { name: "report", access: "read" } }));

    page = await user.visit(form);
    const areas = ["issues", "wiki"];
    page = await page.submit({
      button,
      fields: { name: "Bot “ü” & 7", days: "45", access: "write", toolset: areas },
    });
    t.match(page.text, "No token was created yet.");
    page = await page.submit({ button: "Sign in with Forgejo" });
    t.equal(page.url.origin, setup.forgejo.url);
    t.same(
      [...page.url.searchParams.keys()].sort(),
      [
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "redirect_uri",
        "response_type",
        "scope",
        "state",
      ],
      "Forgejo does not learn what was typed",
    );
    page = await page.submit({ button: { name: "granted", value: "true" } });
    t.equal(page.url.pathname, "/connections/new-token");
    t.match(page.html, /name="name"\s+value="Bot “ü” &amp; 7"/);
    t.match(page.html, /name="days"\s+value="45"/);
    t.notMatch(page.html, /type="radio"[^>]*checked/);
    t.same(
      [...page.html.matchAll(/value="([a-z-]+)"\s+checked/g)].map(([, name]) => name),
      areas,
      "the areas stay, and the level is chosen again",
    );
    const writing = tokenOn(
      await page.submit({ button, fields: { name: "bot", access: "write", toolset: areas } }),
    );

    for (const [token, write] of [
      [reading, 403],
      [writing, 201],
    ] as const) {
      t.equal((await use(await forgejoToken(token))).write, write);
    }

    // Half of the life of Forgejo's refresh tokens, without a call; another auth-server runs the task at its start.
    const versions = () =>
      Promise.all(
        Object.values(applications).map((clientId) =>
          setup.admin.hget(`upstream:${clientId}:1`, "ciphertext"),
        ),
      );
    const before = await versions();
    advance(20 * 86_400);
    await another();
    await waitUntil("both are refreshed", async () =>
      (await versions()).every((version, index) => version !== null && version !== before[index]),
    );
  },
);

t.test("the scope that counts is that of the application of the token's access", async (t) => {
  const { setup } = await serveTwoApplications(t);
  await grantAtForgejo(setup, "alice", "read:user write:repository");
  const user = setup.user("alice");
  t.match((await signIn(setup, user)).text, "lists this server as two applications");
  const form = `${setup.issuer}/connections/new-token`;
  const fields = { name: "bot", access: "write" };
  let page = await (await user.visit(form)).submit({ button, fields });
  t.match(page.text, "No token was created yet.");
  for (const signInAgain of ["Sign in with Forgejo", "Try again"]) {
    page = await page.submit({ button: signInAgain });
    t.equal(page.url.pathname, "/connections/new-token");
    page = await page.submit({ button, fields });
    t.equal(page.status, 403, `after “${signInAgain}”`);
    t.match(page.text, "write:issue");
    t.match(page.text, "Revoke the one for reading and writing");
  }
  page = await (await user.visit(form)).submit({ button, fields: { ...fields, access: "read" } });
  t.ok(tokenOn(page), "reading rests on the other one");
});

t.test("a writing token is not made on tokens of an application that the user has revoked", async (t) => {
  const { setup, applications, connect } = await serveTwoApplications(t);
  const user = setup.user("alice");
  await connect(user, "write");
  await signIn(setup, user);
  setup.forgejo.controls.revokeGrant("alice", applications.write);
  const page = await user.visit(`${setup.issuer}/connections/new-token`);
  const rejected = await page.submit({ button, fields: { name: "bot", access: "write" } });
  t.match(rejected.text, "No token was created yet.");
});

t.test("the end of a user's access deletes the tokens of both applications", async (t) => {
  const { setup, origin, connect, hasRecord } = await serveTwoApplications(t);
  const user = setup.user("alice");
  await connect(user, "write");
  await signIn(setup, user);
  t.ok(await hasRecord("read"), "the page's sign-in has stored it");
  const stricter = await setup.serve({
    more: { ...setup.readOnlyApp.environment, FJMCP_SIGN_IN_USERS: "bob" },
  });
  t.not(stricter, origin);
  await user.visit(`${stricter}/connections/accounts`);
  t.notOk(await hasRecord("read"));
  t.notOk(await hasRecord("write"));
  t.same(await setup.admin.keys("grant:*"), []);
});

t.test("an administrator of Forgejo is known by the application of the page's sign-in", async (t) => {
  const { setup } = await serveTwoApplications(t);
  const user = setup.user("alice");
  await signIn(setup, user);
  t.equal((await user.visit(`${setup.issuer}/connections/accounts`)).status, 200);
});
