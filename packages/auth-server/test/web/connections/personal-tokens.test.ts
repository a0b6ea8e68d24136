import { join } from "node:path";
import t from "tap";
import { grantUsesPath, grantUsesResponse } from "@fjmcp/shared/ipc/grant-uses";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { sha256Hex } from "@fjmcp/shared/hash";
import { defaultToolsets } from "@fjmcp/shared/oauth/toolsets";
import { connectionIds, csrfOf, forge, openConnection, signIn } from "../../support/connections.ts";
import { grantAtForgejo } from "../../support/grant-at-forgejo.ts";
import { setUpAuthServer } from "../../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const socketPath = join(setup.directory, `ipc-${new URL(origin).port}.sock`);
const list = `${origin}/connections`;
const form = `${list}/new-token`;
const daySec = 86_400;
const button = "Create the token";
const fields = { name: "nightly-ci", access: "read" };

t.beforeEach(async () => {
  await setup.admin.flushall();
});

const tokenOn = (html: string) => /fjmcp_pat_[\dA-Za-z]{42}/.exec(html)?.[0];
const grants = () => setup.admin.keys("grant:*");

/** Signs a user in, and opens the form. */
async function openForm(name = "bob") {
  const user = setup.user(name);
  await signIn(setup, user);
  return { user, page: await user.visit(form) };
}

t.test("asks for the access with nothing chosen but the suggested areas and 90 days", async (t) => {
  const { user, page } = await openForm();
  t.match(page.html, /name="days"\s+value="90"/);
  t.notMatch(page.html, /type="radio"[^>]*checked/);
  const ticked = [...page.html.matchAll(/value="([a-z-]+)"\s+checked/g)].map(([, name]) => name);
  t.same(ticked, [...defaultToolsets]);
  const sent = { csrf: csrfOf(page), form: "one", name: "nightly-ci", days: "30", toolset: "issues" };
  const unfinished = await forge(user, form, { fields: sent, headers: { origin } });
  t.equal(unfinished.status, 400);
  t.match(unfinished.html, /role="alert"/);
  t.match(unfinished.html, /value="nightly-ci"/, "what was typed stays");
  t.match(unfinished.html, /name="days"\s+value="30"/);
  t.same(await grants(), []);
});

t.test("makes a token, which is shown once, in no URL, and stored as its hash only", async (t) => {
  const { user, page } = await openForm();
  const created = await page.submit({
    button,
    fields: { ...fields, days: "30", toolset: ["issues", "wiki"] },
  });
  t.equal(created.status, 200);
  t.equal(created.url.href, form);
  t.equal(created.headers["cache-control"], "no-store");
  const token = tokenOn(created.html)!;
  t.ok(token);
  t.match(created.text, /nightly-ci/);
  t.match(created.text, /Authorization: Bearer fjmcp_pat_…/);
  t.ok(created.text.includes(`${origin}/mcp`));

  const record = JSON.parse((await setup.admin.get(`token:access:${sha256Hex(token)}`))!) as object;
  t.match(record, { scope: "forgejo:read", toolsets: ["issues", "wiki"], aud: `${origin}/mcp` });
  const ttl = await setup.admin.ttl(`token:access:${sha256Hex(token)}`);
  t.ok(ttl > 30 * daySec - 60 && ttl <= 30 * daySec + 60);
  t.match(JSON.parse((await setup.admin.get((await grants())[0]!))!), {
    label: "nightly-ci",
    personalToken: { expiresAtSec: Number },
  });
  const [upstream] = await setup.admin.keys("upstream:*");
  t.ok((await setup.admin.ttl(upstream!)) > daySec, "the Forgejo tokens stay for it");
  for (const key of await setup.admin.keys("*")) {
    t.notOk(key.includes(token));
    t.notOk((await setup.admin.dump(key))?.includes(token), key);
  }
  t.notOk((await user.visit(list)).html.includes(token));
});

t.test("a form that is sent again makes no token, and shows none", async (t) => {
  const { user, page } = await openForm();
  const sent = { ...fields, csrf: csrfOf(page), form: "one", days: "90", toolset: "issues" };
  const headers = { origin };
  const replies = await Promise.all(
    Array.from({ length: 5 }, () => forge(user, form, { fields: sent, headers })),
  );
  t.same(
    replies.map(({ status }) => status).toSorted((a, b) => a - b),
    [200, 409, 409, 409, 409],
  );
  t.equal(replies.filter(({ html }) => tokenOn(html) !== undefined).length, 1);
  t.equal((await grants()).length, 1);
  const again = await forge(user, form, { fields: sent, headers });
  t.equal(again.status, 409);
  t.match(again.html, /This form was sent before/);
  const forged = await forge(user, form, { fields: { ...sent, csrf: "x", form: "two" }, headers });
  t.equal(forged.status, 403);
  t.equal((await grants()).length, 1);
});

t.test("rejects a form without a name or days that fit", async (t) => {
  const { page } = await openForm();
  for (const more of [
    { name: " " },
    { days: "0" },
    { days: "366" },
    { days: "1.5" },
    { days: "-1" },
    { days: "soon" },
    { toolset: [] },
  ]) {
    const rejected = await page.submit({ button, fields: { ...fields, ...more } });
    t.equal(rejected.status, 400, JSON.stringify(more));
    t.match(rejected.html, /role="alert"/);
  }
  t.same(await grants(), []);
});

t.test("lists a token as what it is; it is renamed, narrowed and ended as a connection", async (t) => {
  const { user, page } = await openForm();
  const token = tokenOn((await page.submit({ button, fields: { ...fields, access: "write" } })).html)!;
  const shown = await user.visit(list);
  t.match(shown.text, /nightly-ci\s+Personal token/);
  t.match(shown.text, /Read and write · Not used yet · Expires on/);
  t.match(shown.text, /No application is connected/);
  const one = await openConnection(setup, user);
  t.match(one.text, /Expires/);
  t.match(one.text, /Last use\s+Not used yet/);
  const [grant] = await grants();
  const use = { grantId: grant!.slice("grant:".length), accountId: "2", usedAtMs: Date.now() };
  const body = { uses: [use] };
  await callIpc({ socketPath, path: grantUsesPath, body, schema: grantUsesResponse, timeoutMs: 60_000 });
  t.match((await openConnection(setup, user)).text, /Last use\s+(just now|1 minute ago)/i);
  t.notMatch(one.text, /Its address|It calls itself/);
  const unnamed = await one.submit({ button: "Save name", fields: { name: " " } });
  t.match(unnamed.text, /Nothing was changed/);
  t.match(unnamed.text, /nightly-ci/, "a token always has a name");
  const renamed = await one.submit({ button: "Save name", fields: { name: "weekly-ci" } });
  t.match(renamed.text, /Your name for it\s+weekly-ci/);
  const narrowed = await renamed.submit({ button: "Save", fields: { access: "read", toolset: ["issues"] } });
  t.match(narrowed.text, /Read only/);
  const key = `token:access:${sha256Hex(token)}`;
  t.match(JSON.parse((await setup.admin.get(key))!), { scope: "forgejo:read", toolsets: ["issues"] });
  const ended = await narrowed.submit({ button: "End it" });
  t.match(ended.text, /weekly-ci\s+Personal token\s+You disconnected it on this page/);
  t.same(connectionIds(ended), []);
  t.equal(await setup.admin.exists(key), 0);
  t.same(await setup.admin.keys("upstream:*"), [], "its Forgejo tokens ended with the last connection");
  const late = await (await user.visit(form)).submit({ button, fields });
  t.match(late.text, /Sign in with Forgejo once more/, "the next sign-in brings new ones");
});

t.test("makes ten tokens a minute, and says so", async (t) => {
  const { user, page } = await openForm("alice");
  const sent = { ...fields, csrf: csrfOf(page), days: "1", toolset: "issues" };
  const send = (id: string) => forge(user, form, { fields: { ...sent, form: id }, headers: { origin } });
  for (let i = 0; i < 10; i += 1) t.equal((await send(`form ${i}`)).status, 200);
  const rejected = await send("one more");
  t.equal(rejected.status, 429);
  const waitSec = Number(rejected.retryAfter);
  t.ok(waitSec >= 1 && waitSec <= 60, String(waitSec));
  t.match(rejected.html, /Wait a minute/);
  t.equal((await grants()).length, 10);
});

t.test("makes as many tokens as an account may have, and says so", async (t) => {
  const { user, page } = await openForm();
  t.ok(tokenOn((await page.submit({ button, fields })).html));
  const [index] = await setup.admin.keys("account-personal-tokens:*");
  for (let i = 0; i < 49; i += 1) await setup.admin.zadd(index!, 9_999_999_999, `token ${i}`);
  const full = await (await user.visit(form)).submit({ button, fields });
  t.equal(full.status, 400);
  t.match(full.text, /as many personal tokens as one account may have/);
  t.equal((await grants()).length, 1);
});

t.test("makes no token that Forgejo granted too little for, until all is granted", async (t) => {
  await grantAtForgejo(setup, "bob", "read:user write:repository");
  const { page } = await openForm();
  const rejected = await page.submit({ button, fields });
  t.equal(rejected.status, 403);
  t.match(rejected.text, /write:issue/);
  setup.forgejo.controls.revokeGrant("bob", setup.forgejoApp.clientId);
  const again = await rejected.submit({ button: "Try again" });
  const back = await again.submit({ button: { name: "granted", value: "true" } });
  const created = await back.submit({ button, fields });
  t.ok(tokenOn(created.html));
});

t.test("speaks the reader's language", async (t) => {
  const german = await fetch(list, { headers: { "accept-language": "de" } });
  t.match(await german.text(), "Ihre verbundenen Anwendungen");
});
