import t from "tap";
import { defaultToolsets, toolsets } from "@fjmcp/shared/oauth/toolsets";
import type { Page } from "@fjmcp/testkit/scripted-user/page";
import { authorizationRequest, register } from "../support/client.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const client = await register(origin);
const readOnly = { scope: "forgejo:read" };

/** A consent page, and `post`, which submits any form from its browser and resolves with the page shown again, if it is. */
async function open(parameters: Record<string, string> = {}, at = origin) {
  const user = setup.user();
  const { url } = await user.visit(authorizationRequest(origin, client, parameters).url);
  const page = await user.visit(new URL(url.pathname, at));
  const cookie = await user.cookies.header(page.url, { crossSite: false, method: "POST" });
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)![1]!;
  const post = async (fields: readonly (readonly [string, string])[]) => {
    const body = new URLSearchParams([
      ["csrf", csrf],
      ["decision", "allow"],
      ...fields.map(([...pair]) => pair),
    ]);
    const response = await fetch(page.url, { method: "POST", headers: { cookie }, body, redirect: "manual" });
    return { status: response.status, html: await response.text() };
  };
  return { page, post };
}

const ticked = (html: string) =>
  [...html.matchAll(/name="toolset"\s+value="([^"]+)"\s+checked/g)].map(([, name]) => name);
const chosenLevel = (html: string) => /name="access"\s+value="(\w+)"\s+required\s+checked/.exec(html)?.[1];
const offered = (page: Page) =>
  [...page.html.matchAll(/name="toolset"\s+value="([^"]+)"/g)].map(([, name]) => name);

t.test("requires read only or read and write, with nothing chosen beforehand", async (t) => {
  const { page } = await open();
  t.same(page.form({ button: "Allow" })?.requiredChoices(), { access: "write" });
  t.equal(chosenLevel(page.html), undefined);
  t.notOk(page.form({ field: "started" }));
  await t.rejects(page.submit({ button: "Allow" }), { message: "The form requires access" });
});

t.test("requires one tick where a client asks to read, and offers nothing else", async (t) => {
  const { page } = await open(readOnly);
  t.same(page.form({ button: "Allow" })?.requiredChoices(), { started: "yes" });
  t.notOk(page.form({ field: "access" }));
  t.notMatch(page.text, /write/i);
});

t.test("offers all areas with the suggested ones ticked", async (t) => {
  const { page } = await open();
  t.same(
    ticked(page.html),
    [...defaultToolsets].sort((a, b) => toolsets.indexOf(a) - toolsets.indexOf(b)),
  );
  t.same(new Set(offered(page)), new Set(toolsets));
});

t.test("offers no more than Forgejo's configured scope allows", async (t) => {
  const serve = (scope: string) => setup.serve({ more: { FJMCP_FORGEJO_SCOPE: scope } });
  const issues = await open({}, await serve("read:user write:issue read:repository"));
  t.same(issues.page.form({ button: "Allow" })?.requiredChoices(), { access: "write" });
  t.notMatch(offered(issues.page).join(" "), /notifications|organizations/);
  t.match(issues.page.text, /Code \(read only\)/);
  t.notMatch(issues.page.text, /Issues \(read only\)/);
  const reading = await open({}, await serve("read:user read:repository"));
  t.same(reading.page.form({ button: "Allow" })?.requiredChoices(), { started: "yes" });
  t.equal(
    (
      await reading.post([
        ["access", "write"],
        ["toolset", "code"],
      ])
    ).status,
    400,
  );
});

const [issues, code, write] = [
  ["toolset", "issues"],
  ["toolset", "code"],
  ["access", "write"],
] as const;
const started = ["started", "yes"] as const;
const faulty: [string, object, (readonly [string, string])[], RegExp][] = [
  ["no choice at all", {}, [], /Choose “Read only” or/],
  ["no level", {}, [issues], /Choose “Read only” or/],
  ["the tick in place of a level", {}, [started, issues], /Choose “Read only” or/],
  ["an unknown level", {}, [["access", "admin"], issues], /What was chosen is not offered/],
  ["an empty level", {}, [["access", ""], issues], /What was chosen is not offered/],
  ["two levels", {}, [["access", "read"], write, issues], /What was chosen is not offered/],
  ["more than the client asks for", readOnly, [write, started, issues], /What was chosen is not offered/],
  ["no tick", readOnly, [issues], /Tick “I started this”/],
  ["another tick", readOnly, [["started", "no"], issues], /Tick “I started this”/],
  ["two ticks", readOnly, [started, started, issues], /Tick “I started this”/],
  ["no area", {}, [write], /at least one area/],
  ["an unknown area", {}, [write, issues, ["toolset", "secrets"]], /One of the areas is not offered/],
  [
    "a member of every object as area",
    {},
    [write, issues, ["toolset", "__proto__"]],
    /One of the areas is not offered/,
  ],
];

for (const [what, parameters, fields, message] of faulty) {
  t.test(`shows the page again with a message after a form with ${what}`, async (t) => {
    const { post } = await open({ ...parameters });
    const states = await setup.admin.keys("login-state:*");
    const { status, html } = await post(fields);
    t.equal(status, 400);
    t.match(html, message);
    t.match(html, /<title>Not complete: /);
    t.same((await setup.admin.keys("login-state:*")).sort(), states.sort(), "no login was started");
  });
}

t.test("keeps what was chosen when the page is shown again", async (t) => {
  const noArea = await (await open()).post([["access", "read"]]);
  t.equal(chosenLevel(noArea.html), "read");
  t.same(ticked(noArea.html), []);
  const noLevel = await (await open()).post([["toolset", "wiki"], issues]);
  t.same(new Set(ticked(noLevel.html)), new Set(["issues", "wiki"]));
  t.match(noLevel.html, /<details\s+open/, "a ticked area is not hidden");
});

t.test("shows the page again when the decision is missing, unknown or repeated", async (t) => {
  for (const decision of [[["decision", "deny"]], [["decision", "allow"]]] as const) {
    const { post } = await open();
    t.equal((await post([write, issues, ...decision])).status, 400, "twice");
  }
});

t.test("accepts a complete choice, an area that comes twice included", async (t) => {
  t.equal((await (await open()).post([write, issues, code, issues])).status, 303);
  t.equal((await (await open(readOnly)).post([started, code])).status, 303);
});
