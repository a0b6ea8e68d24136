import { readFileSync } from "node:fs";
import t from "tap";
import { authorizationRequest, connect, redirectUri, refresh, register } from "../support/client.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import { shiftedClock } from "../support/shifted-clock.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const client = await register(origin);
const { controls } = setup.forgejo;
const isCallback = (url: URL) => url.href.startsWith(`${origin}/oauth/callback`);

function policy(users: string, organizations = "") {
  return { FJMCP_SIGN_IN_USERS: users, FJMCP_SIGN_IN_ORGANIZATIONS: organizations };
}

/** Signs bob in; the callback is served by another auth-server of the installation. */
async function signIn(at: string) {
  const user = setup.user("bob");
  const request = authorizationRequest(origin, client);
  const back = await user.signInAndAllow(request.url, { stopAt: isCallback });
  const page = await user.visit(`${at}${back.pathname}${back.search}`, { stopAt: redirectUri });
  return { user, request, page };
}

const many = Array.from({ length: 70 }, (_, index) => `o${index}/t`);
const cases: [name: string, users: string, organizations: string, teams: string[], isAllowed: boolean][] = [
  ["a user of any name", "", "", [], true],
  ["a listed user", "alice BOB", "", [], true],
  ["a listed id", "id:2", "", [], true],
  ["a user that is not listed", "alice", "", [], false],
  ["a user whose id is not listed", "id:22", "", [], false],
  ["a user whose id is listed as a name", "2", "", [], false],
  ["a member of a listed organization", "", "acme", ["other/x", "ACME/Owners"], true],
  ["a member of a listed team", "alice", "other acme/Devs", ["acme/devs"], true],
  ["a member of another team", "", "acme/devs", ["acme/owners"], false],
  ["a member of another organization", "", "acme", ["acme-2/devs"], false],
  ["a member of no organization", "", "acme", [], false],
  ["a member of many organizations", "", "acme", [...many, "acme/devs"], true],
];

for (const [name, users, organizations, teams, isAllowed] of cases) {
  t.test(`${isAllowed ? "allows" : "rejects"} ${name}`, async (t) => {
    controls.setTeams("bob", teams);
    const { page } = await signIn(await setup.serve({ more: policy(users, organizations) }));
    t.equal(page.externalRedirect?.searchParams.has("code") ?? false, isAllowed);
    t.equal(page.status, isAllowed ? 303 : 403);
  });
}

t.test("shows a page with a reference, and gives the client access_denied from there", async (t) => {
  const { user, request, page } = await signIn(await setup.serve({ more: policy("alice") }));
  t.match(page.text, /You may not use this server.*signed in to Forgejo as\s+bob.*[A-Z0-9]{10}/s);
  t.equal(page.externalRedirect, undefined);
  const href = /<a class="button primary" href="([^"]+)"/.exec(page.html)?.[1];
  const { externalRedirect } = await user.visit(String(href), { stopAt: redirectUri });
  t.match(Object.fromEntries(externalRedirect?.searchParams ?? []), {
    error: "access_denied",
    error_description: /administrator/,
    state: request.state,
    iss: origin,
  });
  t.same(await setup.admin.keys("upstream:*:2"), [], "no Forgejo token is kept");
});

t.test("ends the access of a user that may no longer sign in", async (t) => {
  controls.setTeams("bob", ["acme/devs"]);
  const { clock, advance } = shiftedClock();
  const members = await setup.serve({ more: policy("", "acme"), clock });
  const [bob, alice] = [await connect(origin, setup.user("bob")), await connect(origin, setup.user())];
  advance(61);
  let { status, body } = await refresh(members, bob, bob.refreshToken);
  t.equal(status, 200, "a member");

  advance(61);
  controls.setFault({ mode: "500", path: /user\/teams/ });
  ({ status, body } = await refresh(members, bob, String(body.refresh_token)));
  t.equal(status, 200, "while Forgejo does not show the teams");
  controls.clearFaults();

  controls.setTeams("bob", ["other/devs"]);
  advance(61);
  const ended = await refresh(members, bob, String(body.refresh_token));
  t.match(ended, { status: 400, body: { error: "invalid_grant" } });
  t.same(await setup.admin.keys("account-grants:2"), []);
  t.same(await setup.admin.keys("upstream:*:2"), []);
  t.equal((await refresh(origin, alice, alice.refreshToken)).status, 200, "another user goes on");

  controls.setTeams("bob", ["acme/devs"]);
  const { page } = await signIn(members);
  t.ok(page.externalRedirect?.searchParams.get("code"), "signs in again as a member");
});

t.test("logs a rejected user, and its grants with a reason", async (t) => {
  const bob = await connect(origin, setup.user("bob"));
  const { origin: at, process } = await setup.spawn(policy("alice"));
  const { status } = await signIn(at).then(({ page }) => page);
  t.equal(status, 403);
  t.match(await refresh(at, bob, bob.refreshToken), { status: 400, body: { error: "invalid_grant" } });
  const log = readFileSync(process.logFile, "utf8");
  t.match(log, /"event":"user.not_allowed","accountId":"2","login":"bob"/);
  t.match(log, /"event":"grant.revoked".*"reason":"not_allowed"/);
  t.match(log, /"event":"login.failed","error":"access_denied".*"reference":"[A-Z0-9]{10}"/);
});
