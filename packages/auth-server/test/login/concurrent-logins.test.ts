import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import type { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import { authorizationRequest, redeem, redirectUri, register, tokensOf } from "../support/client.ts";

const setup = await setUpAuthServer(t);
const { origin } = await setup.spawn();
const other = await setup.spawn();
const client = await register(origin);
const toCallback = (url: URL) => url.href.startsWith(`${origin}/oauth/callback`);

/** Signs alice in, in a browser of her own; resolves when Forgejo has redirected it to the callback. */
async function upToCallback() {
  const user = setup.user();
  const request = authorizationRequest(origin, client);
  const back = await user.signInAndAllow(request.url, { stopAt: toCallback });
  return { user, request, back };
}

async function finish(user: ScriptedUser, back: URL, server: string) {
  const url = new URL(back.pathname + back.search, server);
  const end = await user.visit(url, { stopAt: redirectUri });
  return Object.fromEntries(end.externalRedirect?.searchParams ?? []);
}

t.test("completes logins of one account at the same moment over two processes", async (t) => {
  const logins = [];
  for (let login = 0; login < 5; login += 1) logins.push(await upToCallback());
  setup.forgejo.controls.setCounterRaceWindowMs(100);
  t.teardown(() => setup.forgejo.controls.setCounterRaceWindowMs(0));
  const ends = await Promise.all(
    logins.map(({ user, back }, index) => finish(user, back, index % 2 ? other.origin : origin)),
  );
  for (const [index, end] of ends.entries()) {
    const { request } = logins[index]!;
    t.match(end, { state: request.state, code: String, error: undefined });
    tokensOf(await redeem(origin, { ...client, code: end.code!, verifier: request.verifier }));
  }
});

t.test("sends a login whose code Forgejo rejects there again, and completes it", async (t) => {
  const { user, back } = await upToCallback();
  // What a refresh of the account's tokens between its authorization and its exchange does at Forgejo.
  setup.forgejo.controls.loseCounterRace(1);
  t.match(await finish(user, back, other.origin), { code: String, error: undefined });
});

t.test("logs a failed or denied login once", async (t) => {
  const eventsOf = (text: string) =>
    text
      .split("\n")
      .filter((line) => /"event":"login\.(failed|denied)"/.test(line))
      .map((line) => JSON.parse(line) as { event: string; error?: string; reference?: string });
  const read = () =>
    eventsOf(readFileSync(join(setup.directory, `auth-server-${new URL(origin).port}.log`), "utf8"));
  t.same(read(), []);
  await setup.user().signInAndAllow(authorizationRequest(origin, client).url, {
    stopAt: redirectUri,
    consent: "deny",
  });
  t.match(read(), [{ event: "login.denied" }]);
  setup.forgejo.controls.setFault({ path: /access_token/, mode: "503", times: 1 });
  const back = await setup
    .user()
    .signInAndAllow(authorizationRequest(origin, client).url, { stopAt: redirectUri });
  t.equal(back.searchParams.get("error"), "temporarily_unavailable");
  const [, failed, ...more] = read();
  t.match(failed, { event: "login.failed", error: "temporarily_unavailable", reference: undefined });
  t.same(more, []);
});

t.test("the first of two decisions counts, while the other is at Forgejo", async (t) => {
  const user = setup.user();
  const request = authorizationRequest(origin, client);
  const { url } = await user.visit(request.url);
  const secondTab = await user.visit(url, { stopAt: redirectUri });
  const back = await user.signInAndAllow(url, { stopAt: toCallback });
  setup.forgejo.controls.setFault({ path: /access_token/, mode: "hold", times: 1 });
  t.teardown(() => setup.forgejo.controls.clearFaults());
  const allowing = finish(user, back, origin);
  await waitUntil("the exchange should be held", () => setup.forgejo.controls.waitingRequests === 1);
  const denied = await secondTab.submit({ button: "Deny" });
  t.equal(denied.externalRedirect?.searchParams.get("error"), "access_denied");
  setup.forgejo.controls.clearFaults();
  t.match(await allowing, { error: "access_denied", code: undefined }, "the first tab follows it");
});

t.test("of two logins of one request at the same moment, the other leaves nothing", async (t) => {
  await setup.admin.flushall();
  const user = setup.user();
  const tabs = { stopAt: toCallback };
  const first = await user.visit(authorizationRequest(origin, client).url, tabs);
  const second = await user.visit(first.url, tabs);
  const backs: URL[] = [];
  for (const [tab, access] of [
    [first, "read"],
    [second, "write"],
  ] as const)
    backs.push(await user.signInAndAllow(tab.url, { ...tabs, access }));
  const [one, two] = await Promise.all(backs.map((back) => finish(user, back, origin)));
  t.equal(one?.code, two?.code);
  const history = await setup.admin.lrange("account-history:1", 0, -1);
  t.same(
    history.map((event) => (JSON.parse(event) as { kind: string }).kind),
    ["connected"],
  );
  t.equal((await setup.admin.keys("grant:*")).length, 1);
});
