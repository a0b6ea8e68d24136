import t, { type Test } from "tap";
import { ConfigurationError } from "@fjmcp/shared/config/environment";
import { claimInstallationFor, findInstallationFaults } from "../../src/redis/installation-check.ts";
import type { Installation } from "../../src/redis/installation-faults.ts";
import { connection, privateRedis, unrestricted } from "../support/upstream-setup.ts";

const [url, moved, other] = ["https://a.example", "https://b.example/forge", "https://c.example"];
const same: Installation = {
  issuer: "https://mcp.example",
  forgejoUrl: url,
  forgejoClientId: "app",
  vaultKeyId: "key",
  derivationKeyIds: ["new", "old"],
  cookieKeyId: "cookie",
};

/** Redis with an account, and an auth-server that starts and stops with a changed configuration. */
async function setUp(t: Test) {
  const redis = await privateRedis(t);
  const own = await connection(t, redis);
  let starts = 0;
  const start = async (changes: Partial<Installation> = {}) => {
    const self = `auth-server ${++starts}`;
    const stop = await claimInstallationFor(own, { ...same, ...changes }, { self, clock: Date.now });
    t.teardown(stop);
    return stop;
  };
  const check = async (changes: Partial<Installation> = {}) => (await start(changes))();
  const find = (changes: Partial<Installation>) =>
    findInstallationFaults(own, { ...same, ...changes }, Date.now);
  const raw = unrestricted(t, redis);
  await raw.set("upstream:app:1", "an account's tokens");
  return { start, check, find, raw };
}

t.test("rejects a changed Forgejo URL until the previous one is named", async (t) => {
  const { check } = await setUp(t);
  await check();
  await check();
  await t.rejects(check({ forgejoUrl: moved }), ConfigurationError);
  await t.rejects(
    check({ forgejoUrl: moved, previousForgejoUrl: other }),
    /b\.example.*FJMCP_FORGEJO_PREVIOUS_URL=https:\/\/a\.example/,
  );
  await check({ forgejoUrl: moved, previousForgejoUrl: url });
  await check({ forgejoUrl: moved, previousForgejoUrl: url });
  await check({ forgejoUrl: moved });
  await t.rejects(check(), ConfigurationError);
});

t.test("rejects another vault key or application until the old one is discarded by name", async (t) => {
  const { check } = await setUp(t);
  await check();
  await t.rejects(check({ vaultKeyId: "new" }), /FJMCP_VAULT_KEY_FILE.*FJMCP_VAULT_DISCARD=app\/key/);
  await t.rejects(check({ forgejoClientId: "new" }), /FJMCP_FORGEJO_CLIENT_ID.*FJMCP_VAULT_DISCARD=app\/key/);
  await t.rejects(check({ vaultKeyId: "new", vaultDiscard: "app/other" }), ConfigurationError);
  await check({ vaultKeyId: "new", vaultDiscard: "app/key" });
  await check({ vaultKeyId: "new", vaultDiscard: "app/key" });
  await t.rejects(check({ vaultDiscard: "app/key" }), ConfigurationError, "the old one is discarded");
  await t.rejects(check({ vaultKeyId: "newer", vaultDiscard: "app/key" }), /FJMCP_VAULT_DISCARD=app\/new/);
});

t.test("accepts another key or application before the first login", async (t) => {
  const { check, raw } = await setUp(t);
  await check();
  await raw.del("upstream:app:1");
  await check({ forgejoClientId: "app2", vaultKeyId: "new" });
  await raw.set("upstream:app2:1", "an account's tokens");
  await t.rejects(check(), /FJMCP_VAULT_DISCARD=app2\/new/);
});

t.test("reports every fault at once, and changes nothing on a rejected start", async (t) => {
  const { check } = await setUp(t);
  await check();
  const error = await check({ forgejoUrl: moved, vaultKeyId: "new", forgejoClientId: "new" }).catch(
    (thrown: unknown) => thrown,
  );
  t.match(error, {
    faults: [/^FJMCP_FORGEJO_URL:/, /^FJMCP_VAULT_KEY_FILE:/, /^FJMCP_FORGEJO_CLIENT_ID:/],
  });
  await t.rejects(
    check({ forgejoUrl: moved, previousForgejoUrl: url, vaultKeyId: "new" }),
    ConfigurationError,
  );
  await t.rejects(
    check({ forgejoUrl: moved, vaultKeyId: "new", vaultDiscard: "app/key" }),
    ConfigurationError,
  );
  await check();
});

t.test("keeps the installation for years, and the running auth-servers for seconds", async (t) => {
  const { start, raw } = await setUp(t);
  const stop = await start();
  t.ok((await raw.ttl("installation")) > 365 * 86_400);
  const lifeSec = await raw.ttl("auth-servers");
  t.ok(lifeSec > 0 && lifeSec <= 15);
  await stop();
  t.equal(await raw.exists("auth-servers"), 0);
});

t.test("accepts another Forgejo URL, issuer or derivation key while there is no account", async (t) => {
  const changes: Partial<Installation>[] = [
    { forgejoUrl: moved },
    { issuer: other },
    { derivationKeyIds: ["another"] },
  ];
  for (const change of changes) {
    const { check, raw } = await setUp(t);
    await raw.del("upstream:app:1");
    await check();
    await check(change);
    await raw.set("upstream:app:1", "an account's tokens");
    await t.rejects(check(), ConfigurationError, "the corrected one is stored");
  }
});

t.test("rejects another issuer or derivation key with accounts, until it is confirmed by name", async (t) => {
  const { check } = await setUp(t);
  await check();
  await t.rejects(check({ issuer: other }), /FJMCP_PREVIOUS_ISSUER=https:\/\/mcp\.example:/);
  await t.rejects(check({ derivationKeyIds: ["x"] }), /FJMCP_DERIVATION_DISCARD=new,old:/);
  await check({ derivationKeyIds: ["newer", "new"] });
  await check({ derivationKeyIds: ["newer"] });
  await t.rejects(check(), /FJMCP_DERIVATION_DISCARD=newer:/, "no key in common any more");
  await check({ derivationDiscard: "newer" });
  await check({ issuer: other, previousIssuer: same.issuer });
});

t.test("accepts another cookie key, as only logins in progress depend on it", async (t) => {
  const { check } = await setUp(t);
  await check();
  await check({ cookieKeyId: "another" });
});

t.test("accepts a second application that is added, replaced or removed", async (t) => {
  const { check } = await setUp(t);
  await check();
  await check({ readOnlyForgejoClientId: "ro" });
  await check({ readOnlyForgejoClientId: "other" });
  await check();
});

t.test("rejects the first application as the second one, even if it is discarded", async (t) => {
  const { check, raw } = await setUp(t);
  await check();
  const swapped = { forgejoClientId: "new", readOnlyForgejoClientId: "app" };
  await t.rejects(
    check({ ...swapped, vaultDiscard: "app/key" }),
    /1 fault:\n {2}FJMCP_FORGEJO_READ_ONLY_CLIENT_ID: is app, until now the first application/,
  );
  await raw.del("upstream:app:1");
  await check(swapped);
});

t.test("names the users that must sign in again after another first application", async (t) => {
  const { check } = await setUp(t);
  await check({ readOnlyForgejoClientId: "ro" });
  await t.rejects(
    check({ forgejoClientId: "new", readOnlyForgejoClientId: "ro" }),
    /sign in again, except on connections of the second application$/m,
  );
  await t.rejects(check({ forgejoClientId: "new" }), /every user must sign in again$/m);
});

t.test("rejects every difference beside a running auth-server, accounts or not", async (t) => {
  const { start, check, raw } = await setUp(t);
  await raw.del("upstream:app:1");
  const stop = await start();
  const differences: [Partial<Installation>, RegExp][] = [
    [{ issuer: other }, /FJMCP_ISSUER: is https:\/\/c\.example, not https:\/\/mcp\.example/],
    [{ forgejoUrl: moved }, /FJMCP_FORGEJO_URL: .*another auth-server/],
    [{ forgejoClientId: "app2" }, /FJMCP_FORGEJO_CLIENT_ID: .*another auth-server/],
    [{ readOnlyForgejoClientId: "ro" }, /FJMCP_FORGEJO_READ_ONLY_CLIENT_ID: is ro, not left out, that of/],
    [{ vaultKeyId: "key2" }, /FJMCP_VAULT_KEY_FILE: .*another auth-server/],
    [{ derivationKeyIds: ["x"] }, /FJMCP_DERIVATION_KEY_FILE: .*another auth-server/],
    [{ cookieKeyId: "x" }, /FJMCP_COOKIE_KEY_FILE: .*another auth-server/],
  ];
  for (const [difference, faults] of differences) await t.rejects(check(difference), faults);
  await stop();
  await check({ issuer: other });
});

t.test("accepts a new key beside a running auth-server only once that has it, too", async (t) => {
  const { start, check } = await setUp(t);
  const stop = await start();
  for (const [name, current, fault] of [
    ["vaultKeyId", same.vaultKeyId, /FJMCP_VAULT_KEY_FILE: its first key is not one of another auth-server/],
    ["cookieKeyId", same.cookieKeyId, /FJMCP_COOKIE_KEY_FILE: its first key is not one of another/],
  ] as const) {
    await t.rejects(check({ [name]: `newest,${current}` }), fault);
    await check({ [name]: `${current},newest` });
    await check({ [name]: `newest,${current}` });
    await check({ [name]: `${current},newest` });
    await check();
  }
  const [current, old] = same.derivationKeyIds as [string, string];
  await t.rejects(
    check({ derivationKeyIds: ["newest", current, old] }),
    /FJMCP_DERIVATION_KEY_FILE: its first key/,
  );
  await check({ derivationKeyIds: [current, old, "newest"] });
  await check({ derivationKeyIds: ["newest", current, old] });
  await stop();
});

t.test("lets one of two different auth-servers that start at the same moment run", async (t) => {
  const { start, raw } = await setUp(t);
  await raw.del("upstream:app:1");
  const results = await Promise.allSettled(["a", "b", "c", "d"].map((cookieKeyId) => start({ cookieKeyId })));
  t.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
});

t.test("finds faults without changing anything", async (t) => {
  const { check, find, raw } = await setUp(t);
  t.same(await find({}), []);
  t.equal(await raw.exists("installation"), 0);
  await check();
  const before = await raw.get("installation");
  t.match(await find({ issuer: other }), [/^FJMCP_ISSUER:/]);
  t.equal(await raw.get("installation"), before);
  t.equal(await raw.exists("auth-servers"), 0);
});
