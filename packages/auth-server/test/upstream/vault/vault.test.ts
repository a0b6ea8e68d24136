import t from "tap";
import { LoginRequiredError } from "../../../src/upstream/errors/login-required-error.ts";
import { VaultKeyMissingError } from "../../../src/upstream/errors/vault-key-missing-error.ts";
import { Secret } from "@fjmcp/shared/config/secret";
import { createKeyRing } from "../../../src/crypto/key-ring.ts";
import { createVaultCipher } from "../../../src/upstream/vault/vault-cipher.ts";
import { logIn, readWrite, setUpstream, unrestricted } from "../../support/upstream-setup.ts";

const another = new Secret("another vault key of more than 32 characters");

async function loggedIn(...options: Parameters<typeof setUpstream>) {
  const setup = await setUpstream(...options);
  await logIn(setup);
  const [alice, bob] = [setup.account("alice"), setup.account("bob")];
  const raw = unrestricted(options[0], setup.redis);
  const keyOf = (account: string) => `upstream:${setup.options.forgejo.clientId}:${account}`;
  const cipher = createVaultCipher(createKeyRing(setup.options.vaultKey), setup.options.forgejo.clientId);
  const stored = async () => cipher.decrypt(alice, (await raw.hget(keyOf(alice), "ciphertext")) ?? "");
  return { setup, alice, bob, raw, keyOf, stored };
}

t.test(
  "stores one encrypted record per application and account, for the life of the refresh token",
  async (t) => {
    const { setup, alice, raw, keyOf, stored } = await loggedIn(t, { refreshTokenSeconds: 7200 });
    await raw.zadd(`account-grants:${alice}`, 1, "a-grant");
    await raw.set("grant:a-grant", "{}");
    await logIn(setup);
    t.same(await raw.keys("upstream:*"), [keyOf(alice)]);
    const ttl = await raw.ttl(keyOf(alice));
    t.ok(ttl > 7100 && ttl <= 7200);
    const { accessToken, refreshToken } = await stored();
    const inRedis = JSON.stringify(await raw.hgetall(keyOf(alice)));
    t.notOk(inRedis.includes(accessToken) || inRedis.includes(refreshToken));
  },
);

t.test("stores scope and login, keeps them over a refresh, and updates a renamed login", async (t) => {
  const { setup, alice, stored } = await loggedIn(t);
  t.match(await stored(), { scope: readWrite, login: "alice" });
  setup.clock.aheadMs = 1810 * 1000;
  setup.forgejo.controls.rename("alice", "alicia");
  await setup.upstream.tokens.fresh(alice);
  t.match(await stored(), { scope: readWrite, login: "alicia" });
});

t.test("rejects and logs a record copied to another account, and treats it as missing", async (t) => {
  const { setup, alice, bob, raw, keyOf } = await loggedIn(t);
  await raw.copy(keyOf(alice), keyOf(bob));
  await t.rejects(setup.upstream.tokens.fresh(bob), LoginRequiredError);
  t.match(setup.logText(), "vault.decryption_failed");
  t.same(setup.ended, [bob]);
  t.ok((await setup.upstream.tokens.fresh(alice)).accessToken);
  t.equal((await logIn(setup, "bob")).accountId, bob, "a login puts it right");
  t.ok((await setup.upstream.tokens.fresh(bob)).accessToken);
});

t.test("keeps accounts apart: invalidating one leaves the other", async (t) => {
  const { setup, alice, bob } = await loggedIn(t);
  await logIn(setup, "bob");
  setup.clock.aheadMs = 1810 * 1000;
  setup.forgejo.controls.revokeGrant("bob", setup.options.forgejo.clientId);
  await t.rejects(setup.upstream.tokens.fresh(bob), LoginRequiredError);
  t.ok((await setup.upstream.tokens.fresh(alice)).accessToken);
  t.same(setup.ended, [bob]);
});

t.test("a key that was removed ends nothing, and names itself", async (t) => {
  const { setup, alice, raw, keyOf } = await loggedIn(t);
  const before = await raw.hgetall(keyOf(alice));
  const other = await setup.another({}, undefined, { vaultKey: another });
  const keyId = createKeyRing(setup.options.vaultKey).current.vaultId;
  for (const aheadMs of [0, 1810_000, 3610_000]) {
    setup.clock.aheadMs = aheadMs;
    await t.rejects(other.tokens.fresh(alice), {
      name: "VaultKeyMissingError",
      message: new RegExp(`vault key ${keyId}.*Put it back.*FJMCP_VAULT_DISCARD=.*/${keyId}: `),
    });
    await t.rejects(other.tokens.check(alice), VaultKeyMissingError);
    await other.refreshAhead(alice);
  }
  t.match(setup.logText(), /vault\.key_missing/);
  t.same(setup.ended, []);
  t.same(await raw.hgetall(keyOf(alice)), before);
  t.same(await other.stateOf(alice), { status: "key_missing" });
  t.equal(await other.loginOf(alice), undefined);
  t.ok((await setup.upstream.tokens.fresh(alice)).accessToken, "it is back");
});

t.test("a login and a disconnection do without a key that was removed", async (t) => {
  const { setup, alice, raw, keyOf } = await loggedIn(t);
  const other = await setup.another({}, undefined, { vaultKey: another });
  await logIn(setup, "alice", other);
  t.ok((await other.tokens.fresh(alice)).accessToken);
  await setup.upstream.deleteTokens(alice);
  t.equal(await raw.exists(keyOf(alice)), 0);
});

t.test("a key that is given up is lost: its record is deleted, and the user signs in again", async (t) => {
  const { setup, alice, raw, keyOf } = await loggedIn(t);
  const keyId = createKeyRing(setup.options.vaultKey).current.vaultId;
  const keys = { vaultKey: another, vaultDiscard: `${setup.options.forgejo.clientId}/${keyId}` };
  const other = await setup.another({}, undefined, keys);
  await other.vaultKeys.renewEncryption(alice);
  t.equal(await raw.exists(keyOf(alice)), 0);
  await t.rejects(other.tokens.fresh(alice), LoginRequiredError);
  t.same(setup.ended, [alice]);
});
