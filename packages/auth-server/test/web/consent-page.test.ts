import t from "tap";
import { sendRequest } from "@fjmcp/testkit/scripted-user/browser-request";
import { grantKeys } from "../support/grant-keys.ts";
import { shiftedClock } from "../support/shifted-clock.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import { authorizationRequest, redirectUri, register, type Registered } from "../support/client.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const native = { redirect_uris: ["http://localhost:3118/callback"] };
const app = { redirect_uris: ["cursor://anysphere.cursor-mcp/oauth/callback"] };

async function consentOf(client: Registered, user = setup.user()) {
  return user.visit(authorizationRequest(origin, client).url);
}
/** A complete choice. */
const chosen = { access: "write", toolset: "issues" };
const csp = (page: { headers: NodeJS.Dict<string | string[]> }) =>
  String(page.headers["content-security-policy"]);

t.test("shows the client, its redirect target and its rights, with one form", async (t) => {
  const page = await consentOf(await register(origin, { client_name: "Claude" }));
  t.equal(page.status, 200);
  for (const words of [
    "Claude",
    "client.example",
    "unverified registration",
    "https://client.example/callback",
    "Read only",
    "Read and write",
    "Issues, their comments, labels and milestones",
    "Private repositories that you can see are included.",
    "Its access ends when it has not been used for 30 days.",
  ]) {
    t.match(page.text, words);
  }
  t.equal(page.forms.length, 1);
  t.ok(page.forms[0]!.hasButton("Allow") && page.forms[0]!.hasButton("Deny"));
  t.notMatch(page.text, /your own computer/);
});

t.test("warns of a program on this computer and of an app", async (t) => {
  t.match((await consentOf(await register(origin, native))).text, /localhost:3118[^]*on your own computer/);
  t.match((await consentOf(await register(origin, app))).text, /cursor:[^]*opens an app/);
});

t.test("forbids storing, framing and scripts, and limits the targets of its form", async (t) => {
  const forgejo = setup.forgejo.url;
  for (const [client, targets] of [
    [await register(origin), `'self' https: ${forgejo}`],
    [await register(origin, native), `'self' https: ${forgejo} http://localhost:3118`],
    [await register(origin, app), `'self' https: ${forgejo} cursor:`],
  ] as const) {
    const page = await consentOf(client);
    t.equal(page.headers["cache-control"], "no-store");
    t.match(csp(page), "default-src 'none'");
    t.match(csp(page), "frame-ancestors 'none'");
    t.ok(csp(page).includes(`form-action ${targets};`), csp(page));
    t.notMatch(page.html, /<script|javascript:|\son\w+=/i);
  }
});

t.test("describes the configured scope", async (t) => {
  const readOnly = await setup.serve({
    more: { FJMCP_FORGEJO_SCOPE: "public-only read:user read:repository" },
  });
  const user = setup.user();
  const { url } = await consentOf(await register(origin), user);
  const page = await user.visit(`${readOnly}${url.pathname}`);
  t.match(page.text, "It may only read");
  t.match(page.text, "Repositories, their branches");
  t.match(page.text, "Only what is public");
  t.notMatch(page.text, /Read and write|Issues|Notifications|Private/);
});

t.test("says how long the access lasts, where it is ended, and where to sign out of Forgejo", async (t) => {
  for (const [metadata, lasts] of [
    [{}, "Its access ends when it has not been used for 30 days."],
    [{ grant_types: ["authorization_code"] }, "Its access ends after 24 hours."],
  ] as const) {
    const page = await consentOf(await register(origin, metadata));
    t.match(page.text, lasts);
    t.match(page.html, /<a href="\/connections"[^>]*>Connected applications</);
    const [, signOut] = /<a href="([^"]*)"[^>]*>sign out there</.exec(page.html)!;
    t.equal(signOut, `${setup.forgejo.url}/`);
  }
});

t.test("keeps the client's name in an element of its own, out of heading, title and sentences", async (t) => {
  const name = "Claude” (verified by your administrator) — trusted for “Claude";
  const { html } = await consentOf(await register(origin, { client_name: name }));
  t.match(html, "<h1>Allow an application to use your Forgejo account?</h1>");
  t.match(html, `<bdi class="client-name">${name}</bdi>`);
  t.equal(html.split("verified by").length, 2, "shown once");
});

t.test("shows the whole redirect URI, in ASCII", async (t) => {
  const uri = "https://client.example:8443/a/b?c=d&e=ü";
  const page = await consentOf(await register(origin, { redirect_uris: [uri] }));
  t.match(page.text, "https://client.example:8443/a/b?c=d&e=%C3%BC");
});

t.test("escapes a hostile name", async (t) => {
  for (const name of [
    `<script>alert(1)</script>`,
    `"><img src=x onerror=alert(1)>`,
    `</h1></main><form action="https://evil.example"><button>Allow</button></form>`,
    "${7*7}{{7*7}}<%= 7*7 %>",
    "Claude\u202e\u200b\u0000 gpj.exe",
  ]) {
    const page = await consentOf(await register(origin, { client_name: name }));
    t.equal(page.status, 200);
    t.equal(page.forms.length, 1);
    t.notMatch(page.html, /<script|<img|\u202e|\u200b/);
    t.notMatch(page.html, 'action="https://evil.example"');
  }
  const long = await consentOf(await register(origin, { client_name: "x".repeat(200) }));
  t.notMatch(long.text, "x".repeat(81));
  for (const blank of ["\u200b", "\u3164", "\u2800", "\u034f", "\u0301"]) {
    t.match((await consentOf(await register(origin, { client_name: blank }))).text, /without a name/);
  }
});

t.test("requires this browser's cookie and this page's token for a decision", async (t) => {
  const client = await register(origin);
  const user = setup.user();
  const page = await consentOf(client, user);
  const cookie = await user.cookies.header(page.url, { crossSite: false, method: "POST" });
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)![1]!;
  const decide = (headers: Record<string, string>, form: Record<string, string>) =>
    fetch(page.url, {
      method: "POST",
      headers: { origin, ...headers },
      body: new URLSearchParams(form),
      redirect: "manual",
    });

  const other = await consentOf(client);
  const otherCsrf = /name="csrf" value="([^"]+)"/.exec(other.html)![1]!;
  for (const [headers, form] of [
    [{}, { csrf, ...chosen, decision: "allow" }],
    [{ cookie }, { ...chosen, decision: "allow" }],
    [{ cookie }, { csrf: "", ...chosen, decision: "allow" }],
    [{ cookie }, { csrf: otherCsrf, ...chosen, decision: "allow" }],
    [
      { cookie: cookie.replace(/[\w-](?=;|$)/, (last) => (last === "x" ? "y" : "x")) },
      { csrf, ...chosen, decision: "allow" },
    ],
  ] as [Record<string, string>, Record<string, string>][]) {
    const response = await decide(headers, form);
    t.equal(response.status, 400);
    t.equal(response.headers.get("location"), null);
    t.notMatch(response.headers.get("set-cookie") ?? "", /fjmcp-[0-9a-f]{8}=/);
  }
  t.same(await setup.admin.keys("login-state:*"), [], "nothing went on its way");
  const response = await decide({ cookie }, { csrf, ...chosen, decision: "allow" });
  t.equal(response.status, 303);
  t.match(
    response.headers.get("set-cookie"),
    /^fjmcp-[0-9a-f]{8}=.*Max-Age=1800; Path=\/; HttpOnly; SameSite=Lax$/,
  );
  t.match(response.headers.get("location"), `${setup.forgejo.url}/login/oauth/authorize?`);
});

t.test("rejects a form that another site sends", async (t) => {
  const user = setup.user();
  const page = await consentOf(await register(origin), user);
  const cookie = await user.cookies.header(page.url, { crossSite: false, method: "POST" });
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)![1]!;
  const statusFrom = async (sent: Record<string, string>, decision: string) => {
    const headers = { cookie, ...sent, "content-type": "application/x-www-form-urlencoded" };
    const body = new URLSearchParams({ csrf, ...chosen, decision }).toString();
    const url = new URL(page.url);
    return (await sendRequest({ method: "POST", url, headers, body })).status;
  };
  for (const sent of [
    { "sec-fetch-site": "cross-site", origin },
    { "sec-fetch-site": "same-site", origin },
    { origin: "https://evil.example" },
    { origin: "null" },
  ]) {
    for (const decision of ["allow", "deny"])
      t.equal(await statusFrom(sent, decision), 400, JSON.stringify(sent));
  }
  // What browsers with and without Fetch Metadata send, what a reload may, and what a program does.
  for (const sent of [{ "sec-fetch-site": "same-origin" }, { origin }, { "sec-fetch-site": "none" }, {}])
    t.equal(await statusFrom(sent, "allow"), 303, JSON.stringify(sent));
});

t.test("shows a page that is older than ten minutes again", async (t) => {
  const { clock, advance } = shiftedClock();
  const later = await setup.serve({ clock });
  const user = setup.user();
  const client = await register(later);
  const request = authorizationRequest(later, client, { resource: `${setup.issuer}/mcp` });
  const asked = await user.visit(request.url, {
    stopAt: (url) => url.pathname.startsWith("/oauth/interaction/"),
  });
  const at = new URL(asked.externalRedirect!.pathname, later);
  const stopAt = (url: URL) => [setup.forgejo.url, redirectUri].some((end) => url.href.startsWith(end));
  const page = await user.visit(at, { stopAt });
  advance(601);
  const again = await page.confirm("Allow");
  t.match(again, { status: 200, externalRedirect: undefined });
  t.match(again.text, "Nothing was allowed yet. This page was open for more than ten minutes");
  t.same(again.form({ button: "Allow" })?.requiredChoices(), { access: "write" });
  t.ok((await again.confirm("Allow")).externalRedirect, "goes on to Forgejo");
  advance(601);
  t.match(
    (await again.submit({ button: "Deny" })).redirectChain[0],
    { status: 303 },
    "Deny needs no fresh page",
  );
});

t.test("makes one grant of a page, whatever is submitted again", async (t) => {
  await setup.admin.flushall();
  const user = setup.user();
  const request = authorizationRequest(origin, await register(origin));
  const page = await user.visit(request.url, { stopAt: redirectUri });
  await user.signInAndAllow(page.url, { stopAt: redirectUri });
  const grants = await setup.admin.keys("grant:*");
  t.equal(grants.length, 1);
  const again = await page.submit({ button: "Allow", fields: { ...chosen, access: "read" } });
  t.equal(again.redirectChain[0]!.status, 303);
  t.notOk(
    again.redirectChain.some(({ url }) => url.origin === setup.forgejo.url),
    "no other login",
  );
  const denied = await page.submit({ button: "Deny" });
  t.match(denied, { status: 400, text: /This login is already finished/, externalRedirect: undefined });
  t.same(await setup.admin.keys("grant:*"), grants);
});

t.test("sends no Cross-Origin-Opener-Policy, which would cut off a client's pop-up", async (t) => {
  const client = await register(origin);
  for (const url of [
    origin,
    authorizationRequest(origin, client).url,
    authorizationRequest(origin, client, { prompt: "none" }).url,
    `${origin}/oauth/interaction/unknown`,
    `${origin}/oauth/callback`,
    `${origin}/nowhere`,
  ]) {
    const page = await setup.user().visit(url);
    t.notOk(page.headers["cross-origin-opener-policy"], String(url));
    t.notOk(page.headers["cross-origin-opener-policy-report-only"], String(url));
  }
});

t.test("replies 400 with a reference to an unknown or foreign interaction", async (t) => {
  const page = await setup.user().visit(`${origin}/oauth/interaction/unknown`);
  t.equal(page.status, 400);
  t.match(page.text, /reference: [A-Z0-9]{10}/);
  const owner = setup.user();
  const theirs = await consentOf(await register(origin), owner);
  t.equal((await setup.user("bob").visit(theirs.url)).status, 400);
});

t.test("shows the MCP URL on the home page", async (t) => {
  const page = await setup.user().visit(origin);
  t.match(page.text, `${origin}/mcp`);
  t.match(csp(page), "form-action 'none'");
  t.match(csp(page), "frame-ancestors 'none'");
});

t.test("returns access_denied to the client on Deny and leaves nothing pending", async (t) => {
  await setup.admin.flushall();
  const client = await register(origin);
  const request = authorizationRequest(origin, client);
  const back = await setup.user().signInAndAllow(request.url, { stopAt: redirectUri, consent: "deny" });
  t.equal(back.searchParams.get("error"), "access_denied");
  t.same(await grantKeys(setup.admin), []);
});
