import t, { type Test } from "tap";
import type { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import { authorizationRequest, redirectUri, register } from "../support/client.ts";
import { shiftedClock } from "../support/shifted-clock.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const later = shiftedClock();
/** The same server an hour later, or a day earlier. */
const shifted = await setup.serve({ clock: later.clock });
const client = await register(origin);
const isCallback = (url: URL) => url.href.startsWith(`${origin}/oauth/callback`);
const titleOf = (html: string) => /<h1>([^<]*)<\/h1>/.exec(html)?.[1];
const atShifted = (url: URL) => `${shifted}${url.pathname}${url.search}`;

/** The consent page's URL, in this user's browser. */
async function consentUrl(user: ScriptedUser): Promise<URL> {
  return (await user.visit(authorizationRequest(origin, client).url)).url;
}

/** From consent to Forgejo's redirect; resolves with the callback URL. */
function returnFromForgejo(user: ScriptedUser): Promise<URL> {
  return user.signInAndAllow(authorizationRequest(origin, client).url, { stopAt: isCallback });
}

/** Visits `url` and expects the page of one fault, with a reference and its advice. */
async function expectFault(t: Test, user: ScriptedUser, url: URL | string, title: string, advice: string) {
  const page = await user.visit(url, { stopAt: redirectUri });
  t.equal(page.externalRedirect, undefined);
  t.equal(page.status, 400);
  t.equal(titleOf(page.html), title);
  t.match(page.text.replace(/\s+/g, " "), advice);
  t.match(page.text, /reference:\s*[A-Z0-9]{10}/);
}

t.test("says that the browser keeps no cookies when the first page comes without its cookie", async (t) => {
  const url = await consentUrl(setup.user());
  await expectFault(
    t,
    setup.user(),
    url,
    "Your browser did not keep the login’s cookie",
    "Allow cookies for 127.0.0.1",
  );
});

t.test("says that the login belongs to another browser, on either page", async (t) => {
  const user = setup.user();
  const title = "This login was started in another browser";
  const advice = "Continue in the browser that your MCP client opened";
  later.advance(60);
  await expectFault(t, setup.user("bob"), atShifted(await consentUrl(user)), title, advice);
  later.advance(-60);
  const back = await returnFromForgejo(user);
  await expectFault(t, setup.user("bob"), back, title, advice);
});

t.test("says that the login is finished, on either page", async (t) => {
  const user = setup.user();
  const back = await returnFromForgejo(user);
  const end = await user.visit(back, { stopAt: redirectUri });
  t.ok(end.externalRedirect?.searchParams.get("code"));
  // The outcome can be repeated for ten seconds.
  await setup.admin.del(await setup.admin.keys("login-state:*"));
  const [title, advice] = ["This login is already finished", "says that it is connected, close this page"];
  await expectFault(t, user, back, title, advice);

  const consent = await consentUrl(user);
  const page = await user.visit(consent, { stopAt: redirectUri });
  t.ok((await page.submit({ button: "Deny" })).externalRedirect);
  await expectFault(t, user, consent, title, advice);
});

t.test("says that the login has expired, on either page", async (t) => {
  const [title, advice] = ["This login has expired", "connect again"];
  const user = setup.user();
  const back = await returnFromForgejo(user);
  await setup.admin.del(await setup.admin.keys("login-state:*"));
  later.advance(3600);
  await expectFault(t, user, atShifted(back), title, advice);
  later.advance(-3600);
  await expectFault(t, setup.user(), `${origin}/oauth/interaction/unknown`, title, advice);
  await expectFault(t, setup.user(), `${origin}/oauth/authorize/unknown`, title, advice);
});

t.test("says that there is no login when Forgejo's state is missing or not ours", async (t) => {
  for (const query of ["", "?code=x", "?state=foreign&code=x", "?error=access_denied"]) {
    await expectFault(
      t,
      setup.user(),
      `${origin}/oauth/callback${query}`,
      "There is no login here",
      "connect again",
    );
  }
});

t.test("says that the server's clock has changed when a login started in the future", async (t) => {
  const user = setup.user();
  const back = await returnFromForgejo(user);
  await setup.admin.del(await setup.admin.keys("login-state:*"));
  later.advance(-86_400);
  await expectFault(t, user, atShifted(back), "This server’s clock has changed", "clock is synchronised");
  later.advance(86_400);
});
