import { inspect } from "node:util";
import t, { type Test } from "tap";
import { CodeRejectedError } from "../../../src/upstream/errors/code-rejected-error.ts";
import { UserSuspendedError } from "../../../src/upstream/errors/user-suspended-error.ts";
import { InsufficientScopeError } from "../../../src/upstream/errors/insufficient-scope-error.ts";
import { ExcessiveScopeError } from "../../../src/upstream/errors/excessive-scope-error.ts";
import { UpstreamMisconfiguredError } from "../../../src/upstream/errors/upstream-misconfigured-error.ts";
import { UpstreamUnavailableError } from "../../../src/upstream/errors/upstream-unavailable-error.ts";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { Secret } from "@fjmcp/shared/config/secret";
import {
  logIn,
  readWrite,
  setUpstream,
  unrestricted,
  type UpstreamSetup,
} from "../../support/upstream-setup.ts";

t.test("builds the authorize URL under Forgejo's path with callback, scope, state and S256", async (t) => {
  const setup = await setUpstream(t);
  const { login } = await setup.another({ url: "https://forge.example/sub/path" });
  const url = new URL(login.authorizeUrl("the-state", "the-challenge"));
  t.equal(url.origin + url.pathname, "https://forge.example/sub/path/login/oauth/authorize");
  t.same(Object.fromEntries(url.searchParams), {
    client_id: setup.options.forgejo.clientId,
    redirect_uri: "http://127.0.0.1:1/oauth/callback",
    response_type: "code",
    scope: readWrite,
    state: "the-state",
    code_challenge: "the-challenge",
    code_challenge_method: "S256",
  });
});

t.test("returns the numeric id and the login name, and a token", async (t) => {
  const setup = await setUpstream(t);
  t.same(await logIn(setup, "bob"), {
    accountId: setup.account("bob"),
    forgejoClientId: setup.options.forgejo.clientId,
    login: "bob",
    isAdministrator: false,
    missing: [],
  });
  const token = await setup.upstream.tokens.fresh(setup.account("bob"));
  t.equal(token.expiresAtSec - token.issuedAtSec, 3600);
});

/** Stores what the auth-server's grant store keeps of a grant. */
async function giveGrant(t: Test, setup: UpstreamSetup, name: "alice" | "bob"): Promise<void> {
  const raw = unrestricted(t, setup.redis);
  await raw.zadd(`account-grants:${setup.account(name)}`, 1, "g");
  await raw.set("grant:g", "{}");
}

t.test("stores the tokens first, whatever fails later", async (t) => {
  for (const path of [/introspect/, /api\/v1\/user/]) {
    const setup = await setUpstream(t);
    await giveGrant(t, setup, "alice");
    setup.forgejo.controls.setFault({ path, mode: "500" });
    await t.rejects(logIn(setup), UpstreamUnavailableError, String(path));
    setup.forgejo.controls.clearFaults();
    t.ok((await setup.upstream.tokens.fresh(setup.account("alice"))).accessToken);
    t.same(setup.ended, []);
  }
});

t.test("identifies the account without an id_token and stores it before it checks the scope", async (t) => {
  const setup = await setUpstream(t);
  const scope = "read:user write:repository";
  const upstream = await setup.another({ scope });
  const account = await upstream.login.complete(...(await setup.codeFor(setup.user("alice"), scope)));
  t.equal(account.accountId, setup.account("alice"));
});

t.test("names what an older, narrower grant lacks, and leaves other clients working", async (t) => {
  const setup = await setUpstream(t);
  const narrow = "read:user read:repository write:issue";
  const before = await setup.another({ scope: narrow });
  await before.login.complete(...(await setup.codeFor(setup.user("alice"), narrow)));
  await giveGrant(t, setup, "alice");
  // Forgejo ignores what is asked for now: the grant exists.
  const error = await logIn(setup).catch((error: unknown) => error);
  t.match(error, InsufficientScopeError);
  t.same((error as InsufficientScopeError).missing, [
    "write:notification",
    "write:organization",
    "write:repository",
  ]);
  t.ok((await before.tokens.fresh(setup.account("alice"))).accessToken, "the other client works on");
  t.same(setup.ended, []);
});

t.test("rejects a wider grant and never returns its tokens", async (t) => {
  for (const wide of ["all read:user", `${readWrite} write:admin`, `${readWrite} write:package`, "openid"]) {
    const setup = await setUpstream(t);
    await giveGrant(t, setup, "bob");
    const code = await setup.codeFor(setup.user("bob"), wide);
    await t.rejects(setup.upstream.login.complete(...code), ExcessiveScopeError, wide);
    await t.rejects(setup.upstream.tokens.fresh(setup.account("bob")), UpstreamMisconfiguredError, wide);
    t.same(setup.ended, []);
  }
});

t.test("deletes the tokens of a failed login that no grant needs", async (t) => {
  const failures: [name: string, scope: string, prepare: (setup: UpstreamSetup) => void][] = [
    ["too wide", "all read:user", () => undefined],
    ["too narrow", "read:user", () => undefined],
    ["prohibited", readWrite, ({ forgejo }) => forgejo.controls.prohibit("alice", true)],
    [
      "no response",
      readWrite,
      ({ forgejo }) => forgejo.controls.setFault({ path: /introspect/, mode: "500" }),
    ],
  ];
  for (const [name, scope, prepare] of failures) {
    const setup = await setUpstream(t);
    const raw = unrestricted(t, setup.redis);
    // The index may still name a grant that expired.
    await raw.zadd(`account-grants:${setup.account("alice")}`, 1, "expired");
    const code = await setup.codeFor(setup.user("alice"), scope);
    prepare(setup);
    await t.rejects(setup.upstream.login.complete(...code), name);
    t.same(await raw.keys("upstream:*"), [], name);
  }
});

t.test("keeps the tokens of a concurrent login when another one fails", async (t) => {
  const setup = await setUpstream(t);
  const failing = await setup.codeFor(setup.user("alice"));
  const second = await setup.codeFor(setup.user("alice"));
  let crossed: Promise<unknown> | undefined;
  const other = await setup.another({}, (store) => ({
    ...store,
    async write(...record) {
      const isStored = await store.write(...record);
      await (crossed ??= setup.upstream.login.complete(...second));
      setup.forgejo.controls.setFault({ path: /introspect/, mode: "500", times: 1 });
      return isStored;
    },
  }));
  await t.rejects(other.login.complete(...failing), UpstreamUnavailableError);
  t.ok((await setup.upstream.tokens.fresh(setup.account("alice"))).accessToken);
});

t.test("rejects a bad code or verifier and changes nothing", async (t) => {
  const setup = await setUpstream(t);
  const [code, verifier] = await setup.codeFor(setup.user("alice"));
  await t.rejects(setup.upstream.login.complete(code, "x".repeat(43)), CodeRejectedError);
  await t.rejects(setup.upstream.login.complete("gta_unknown", verifier), CodeRejectedError);
  t.same(await unrestricted(t, setup.redis).keys("*"), []);
});

t.test("reports a wrong client id or secret as misconfiguration", async (t) => {
  const setup = await setUpstream(t);
  for (const wrong of [{ clientSecret: new Secret("gto_wrong") }, { clientId: "unknown" }]) {
    const upstream = await setup.another(wrong);
    await t.rejects(
      upstream.login.complete(...(await setup.codeFor(setup.user("alice")))),
      UpstreamMisconfiguredError,
    );
  }
});

t.test(
  "reports timeouts, 5xx, garbage and broken connections as unavailable, with no secret in the error",
  async (t) => {
    const setup = await setUpstream(t);
    for (const mode of ["hang", "500", "503", "garbage", "close", "drop-response"] as const) {
      const [code, verifier] = await setup.codeFor(setup.user("alice"));
      setup.forgejo.controls.setFault({ path: /access_token/, mode });
      const error = await setup.upstream.login.complete(code, verifier).catch((error: unknown) => error);
      setup.forgejo.controls.clearFaults();
      t.match(error, UpstreamUnavailableError, mode);
      const shown = inspect(error, { depth: 9 });
      for (const secret of [code, verifier, setup.options.forgejo.clientSecret.reveal()]) {
        t.notOk(shown.includes(secret), mode);
      }
    }
  },
);

t.test("rejects the login of a suspended user with Forgejo's sentence and revokes nothing", async (t) => {
  const setup = await setUpstream(t);
  await logIn(setup);
  await giveGrant(t, setup, "alice");
  const code = await setup.codeFor(setup.user("alice"));
  setup.forgejo.controls.prohibit("alice", true);
  await t.rejects(
    setup.upstream.login.complete(...code),
    new UserSuspendedError(
      "This account is prohibited from signing in, please contact your site administrator.",
    ),
  );
  setup.forgejo.controls.prohibit("alice", false);
  t.ok((await setup.upstream.tokens.fresh(setup.account("alice"))).accessToken);
  t.same(setup.ended, []);
});

t.test(
  "rejects a code that lost the race for the grant's counter, and keeps the account working",
  async (t) => {
    const setup = await setUpstream(t);
    const [first, second] = [
      await setup.codeFor(setup.user("alice")),
      await setup.codeFor(setup.user("alice")),
    ];
    await setup.upstream.login.complete(...first);
    setup.forgejo.controls.loseCounterRace(1);
    await t.rejects(setup.upstream.login.complete(...second), CodeRejectedError);
    t.ok((await setup.upstream.tokens.fresh(setup.account("alice"))).accessToken);
    t.same(setup.ended, []);
  },
);

t.test(
  "runs no two code exchanges at once, in any process, but waits for a slow one only briefly",
  async (t) => {
    const setup = await setUpstream(t);
    const other = await setup.another();
    const codes = [];
    for (let login = 0; login < 4; login += 1) codes.push(await setup.codeFor(setup.user("alice")));
    setup.forgejo.controls.setCounterRaceWindowMs(100);
    await Promise.all(
      codes.map((code, index) => (index % 2 ? other : setup.upstream).login.complete(...code)),
    );
    setup.forgejo.controls.setCounterRaceWindowMs(0);

    const slow = await setup.another({ timeoutMs: 60_000 });
    const [hanging, bob] = [await setup.codeFor(setup.user("alice")), await setup.codeFor(setup.user("bob"))];
    setup.forgejo.controls.setFault({ path: /access_token/, mode: "hang", times: 1 });
    const hung = slow.login.complete(...hanging).catch((error: unknown) => error);
    await waitUntil("the exchange should hang", () => setup.forgejo.controls.waitingRequests === 1);
    t.match(await other.login.complete(...bob), { login: "bob" });
    t.equal(setup.forgejo.controls.waitingRequests, 1, "the slow one still runs");
    setup.forgejo.controls.clearFaults();
    t.match(await hung, UpstreamUnavailableError);
  },
);

t.test("retires the account's workers when a login stores tokens of another Forgejo grant", async (t) => {
  const setup = await setUpstream(t);
  await logIn(setup);
  await logIn(setup);
  await logIn(setup, "bob");
  t.same(setup.retired, [], "the same grant, or the first");
  setup.forgejo.controls.revokeGrant("alice", setup.options.forgejo.clientId);
  await logIn(setup);
  t.same(setup.retired, [setup.account("alice")]);
  t.same(setup.ended, []);
  await logIn(setup);
  t.same(setup.retired, [setup.account("alice")]);
});

t.test("keeps the account working after a second client's login, also past the old token", async (t) => {
  const setup = await setUpstream(t);
  await logIn(setup);
  await logIn(setup);
  setup.clock.aheadMs = 2000 * 1000;
  t.ok((await setup.upstream.tokens.fresh(setup.account("alice"))).accessToken);
  t.match(setup.forgejo.controls.counts, { refreshes: 1, rejectedRefreshes: 0 });
  t.same(setup.ended, []);
});
