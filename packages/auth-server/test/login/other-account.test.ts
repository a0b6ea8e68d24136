import t from "tap";
import type { Page } from "@fjmcp/testkit/scripted-user/page";
import type { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import { authorizationRequest, redeem, redirectUri, register } from "../support/client.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const stopAt = redirectUri;

t.beforeEach(async () => {
  await setup.admin.flushall();
});

/** Allows a client, and signs in at Forgejo as `name`; resolves with what the callback leads to. */
async function logIn(browser: ScriptedUser, name = browser.name) {
  const client = await register(origin, { client_name: "Editor" });
  const request = authorizationRequest(origin, client);
  const consent = await browser.visit(request.url, { stopAt });
  return { client, request, consent, page: await goOn(consent, name) };
}

async function goOn(consent: Page, name: string): Promise<Page> {
  let page = await consent.submit({ button: "Allow", fields: { access: "write" } });
  const { password } = setup.forgejo.users.find((one) => one.name === name)!;
  if (page.form({ field: "password" }) !== undefined)
    page = await page.submit({ fields: { user_name: name, password } });
  const button = { name: "granted", value: "true" };
  return page.form({ button }) === undefined ? page : page.submit({ button });
}

async function signOutAtForgejo(browser: ScriptedUser): Promise<void> {
  await (await browser.visit(setup.forgejo.url)).submit({ button: "Sign out" });
}

/** Connects alice, then logs in as bob in the same browser. */
async function logInAsOther() {
  const browser = setup.user("alice");
  await logIn(browser);
  await signOutAtForgejo(browser);
  return { browser, ...(await logIn(browser, "bob")) };
}

t.test("the first account of a browser, and the same one again, go straight to the client", async (t) => {
  const browser = setup.user("alice");
  for (let i = 0; i < 2; i += 1) {
    const { page } = await logIn(browser);
    t.ok(page.externalRedirect?.href.startsWith(redirectUri));
  }
});

t.test("another account is named, and connected only once its user goes on", async (t) => {
  const { browser, client, request, page } = await logInAsOther();
  t.equal(page.status, 200);
  t.match(page.text, /You are signed in at .* as bob/);
  t.match(page.text, /Editor/);
  t.ok(page.html.includes(`${setup.forgejo.url}/"`), "the way to sign out of Forgejo");
  t.equal((await setup.admin.keys("grant:*")).length, 1);

  await browser.cookies.store(new URL(origin), ["fjmcp-choices=; Path=/; Max-Age=0"]);
  const back = (await page.submit({ button: "Go on with this account" })).externalRedirect!;
  const code = back.searchParams.get("code")!;
  const { verifier } = request;
  t.equal((await redeem(origin, { ...client, code, verifier })).status, 200);
  t.equal((await setup.admin.keys("account-grants:2")).length, 1);
  const again = await page.submit({ button: "Go on with this account" });
  t.equal((await setup.admin.keys("grant:*")).length, 2, "a second click makes no second grant");
  t.not(again.status, 500);
  const next = await logIn(browser, "bob");
  t.ok(next.page.externalRedirect, "it is the browser's account now");
  t.match(next.consent.text, "was allowed in this browser: Read and write", "what was confirmed was chosen");
});

t.test("the user can start again with another account", async (t) => {
  const { browser, page } = await logInAsOther();
  const path = /href="(\/oauth\/interaction\/[^"]+)"/.exec(page.html)![1]!;
  await signOutAtForgejo(browser);
  const done = await goOn(await browser.visit(new URL(path, origin), { stopAt }), "alice");
  t.ok(done.externalRedirect?.href.startsWith(redirectUri));
  t.same(await setup.admin.keys("account-grants:2"), []);
});

t.test("a confirmation is good for its own request and browser alone", async (t) => {
  const { browser, page } = await logInAsOther();
  const [, path] = /action="([^"]+)"/.exec(page.html)!;
  const [, account] = /name="account" value="([^"]+)"/.exec(page.html)!;
  const send = (target: string, value: string, cookie: string) =>
    fetch(new URL(target, origin), {
      method: "POST",
      redirect: "manual",
      headers: { origin, cookie },
      body: new URLSearchParams({ account: value }),
    });
  const own = await browser.cookies.header(new URL(path!, origin), { crossSite: false, method: "POST" });
  t.equal((await send(path!, account!, "")).status, 400, "another browser");
  t.equal((await send(path!, `${account!.slice(0, -2)}~~`, own)).status, 400, "changed");
  const [text] = account!.split(".");
  const forged = Buffer.from(
    Buffer.from(text!, "base64url").toString().replace('"accountId":"2"', '"accountId":"1"'),
  ).toString("base64url");
  t.equal((await send(path!, account!.replace(text!, forged), own)).status, 400, "another account");
  const stranger = setup.user("alice");
  const { consent } = await logIn(stranger);
  const elsewhere = await stranger.cookies.header(consent.url, { crossSite: false, method: "POST" });
  const foreign = await send(consent.url.pathname, account!, elsewhere);
  t.equal(foreign.status, 400, "another request");
  t.same(await setup.admin.keys("account-grants:2"), []);
});
