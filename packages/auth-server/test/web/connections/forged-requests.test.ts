import t from "tap";
import { connect } from "../../support/client.ts";
import { connectionIds, csrfOf, forge, openConnection, signIn } from "../../support/connections.ts";
import { setUpAuthServer } from "../../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const [alice, bob] = [setup.user("alice"), setup.user("bob")];
await connect(origin, alice);
await connect(origin, bob);
const ofAlice = connectionIds(await signIn(setup, alice))[0]!;
const ofBob = connectionIds(await signIn(setup, bob))[0]!;
const page = await openConnection(setup, bob, ofBob);
const url = `${origin}/connections/grants/${ofBob}`;
const own = { csrf: csrfOf(page), action: "disconnect" };
const sameOrigin = { origin };
const grants = async () => (await setup.admin.keys("grant:*")).length;
const sessions = async () => (await setup.admin.keys("connections-session:*")).length;

const forgeries: readonly [string, Parameters<typeof forge>[2]][] = [
  [
    "another site's form",
    { fields: own, headers: { "sec-fetch-site": "cross-site", origin: "https://evil.example" } },
  ],
  [
    "a form of a neighbouring site",
    { fields: own, headers: { "sec-fetch-site": "same-site", ...sameOrigin } },
  ],
  [
    "another origin, in a browser without Fetch Metadata",
    { fields: own, headers: { origin: "https://evil.example" } },
  ],
  ["a hidden origin", { fields: own, headers: { origin: "null" } }],
  ["no token", { fields: { action: "disconnect" }, headers: sameOrigin }],
  ["an empty token", { fields: { ...own, csrf: "" }, headers: sameOrigin }],
  ["a changed token", { fields: { ...own, csrf: `${own.csrf.slice(0, -1)}~` }, headers: sameOrigin }],
  [
    "the token of another user",
    { fields: { ...own, csrf: csrfOf(await openConnection(setup, alice)) }, headers: sameOrigin },
  ],
  ["no cookie", { fields: own, headers: sameOrigin, cookie: "" }],
  ["another cookie", { fields: own, headers: sameOrigin, cookie: "fjmcp-connections=guessed" }],
];

for (const [what, request] of forgeries) {
  t.test(`rejects a form with ${what}`, async (t) => {
    for (const target of [url, `${origin}/connections/sign-out`, `${origin}/connections/accounts/2`]) {
      const response = await forge(bob, target, request);
      t.equal(response.status, 403, target);
      t.match(response.html, /Nothing was changed|Reference/);
    }
    t.equal(await grants(), 2);
    t.equal(await sessions(), 2);
  });
}

t.test("rejects a sign-in that another site starts", async (t) => {
  const states = await setup.admin.keys("login-state:*");
  const target = `${origin}/connections/sign-in`;
  t.equal(
    (await forge(bob, target, { fields: own, headers: { "sec-fetch-site": "cross-site" } })).status,
    403,
  );
  t.equal((await forge(bob, target, { fields: { csrf: "x" }, headers: sameOrigin })).status, 403);
  t.same((await setup.admin.keys("login-state:*")).length, states.length);
});

t.test("treats a connection of another account as one that does not exist", async (t) => {
  const foreign = `${origin}/connections/grants/${ofAlice}`;
  t.equal((await bob.visit(foreign)).status, 404);
  const shown = await bob.visit(`${origin}/connections/grants/unknown`);
  t.equal(shown.html.replaceAll("unknown", ofAlice), (await bob.visit(foreign)).html);
  for (const fields of [
    { ...own },
    { ...own, action: "rename", name: "mine" },
    { ...own, action: "narrow", access: "read", toolset: "issues" },
  ]) {
    const { status, location } = await forge(bob, foreign, { fields, headers: sameOrigin });
    t.equal(status, 303);
    t.equal(location, "/connections");
  }
  const stored = await setup.admin.get(`grant:${ofAlice}`);
  t.notMatch(stored, /"label"/);
  t.match(stored, /"scope":"forgejo:read forgejo:write"/);
  t.equal(await grants(), 2);
});

t.test("an unknown action, or none, changes nothing", async (t) => {
  for (const action of ["", "delete", "__proto__"]) {
    const { status } = await forge(bob, url, { fields: { ...own, action }, headers: sameOrigin });
    t.equal(status, 303);
  }
  t.equal(await grants(), 2);
});

t.test("a page accepts only its own methods, and a form only a small body", async (t) => {
  t.equal((await fetch(`${origin}/connections`, { method: "POST" })).status, 405);
  t.equal((await fetch(`${origin}/connections/sign-out`)).status, 405);
  const fields = { ...own, name: "x".repeat(20_000) };
  t.equal((await forge(bob, url, { fields, headers: sameOrigin })).status, 413);
});

t.test("a notice is not taken from a URL, nor from a cookie that is none of ours", async (t) => {
  t.notMatch((await bob.visit(`${origin}/connections?notice=ended`)).text, /Disconnected\./);
  const header = await bob.cookies.header(new URL(origin), { crossSite: false, method: "GET" });
  const response = await fetch(`${origin}/connections`, {
    headers: { cookie: `${header}; fjmcp-notice=<b>x` },
  });
  const html = await response.text();
  t.match(html, "bob", "still signed in");
  t.notMatch(html, /<b>x|role="status"/);
});
