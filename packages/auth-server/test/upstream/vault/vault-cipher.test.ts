import t from "tap";
import { DecryptionFailedError } from "../../../src/upstream/errors/decryption-failed-error.ts";
import { createVaultCipher } from "../../../src/upstream/vault/vault-cipher.ts";
import type { AccountId } from "@fjmcp/shared/ids";
import { Secret } from "@fjmcp/shared/config/secret";

const record = {
  accessToken: "the-access-token",
  refreshToken: "the-refresh-token",
  issuedAtSec: 1,
  expiresAtSec: 2,
  refreshExpiresAtSec: 3,
  order: { gnt: "1", cnt: 2, iat: 1 },
  scope: "read:user",
  login: "alice",
};
const [alice, bob] = ["1" as AccountId, "2" as AccountId];
const seal = createVaultCipher(new Secret("a vault key"), "app");

t.test("what was sealed opens again, and each sealing differs", async (t) => {
  const sealed = await seal.seal(alice, record);
  t.same(await seal.open(alice, sealed), record);
  t.not(await seal.seal(alice, record), sealed);
  t.notOk(sealed.includes(Buffer.from(record.accessToken).toString("base64url")));
});

t.test("the protected header names key, app and account", async (t) => {
  const [header = ""] = (await seal.seal(alice, record)).split(".");
  const { kid, ...rest } = JSON.parse(Buffer.from(header, "base64url").toString()) as Record<string, string>;
  t.same(rest, { alg: "dir", enc: "A256GCM", app: "app", account: "1" });
  t.match(kid, /^[0-9a-f]{16}$/);
});

t.test("another account, app or key, a changed header and a changed byte are refused", async (t) => {
  const sealed = await seal.seal(alice, record);
  await t.rejects(seal.open(bob, sealed), DecryptionFailedError);
  await t.rejects(
    createVaultCipher(new Secret("a vault key"), "app2").open(alice, sealed),
    DecryptionFailedError,
  );
  await t.rejects(createVaultCipher(new Secret("another"), "app").open(alice, sealed), DecryptionFailedError);
  const parts = sealed.split(".");
  const header = Buffer.from(parts[0] ?? "", "base64url")
    .toString()
    .replace('"account":"1"', '"account":"2"');
  const moved = [Buffer.from(header).toString("base64url"), ...parts.slice(1)].join(".");
  await t.rejects(seal.open(bob, moved), DecryptionFailedError);
  await t.rejects(seal.open(alice, `${sealed.slice(0, -2)}xx`), DecryptionFailedError);
  await t.rejects(seal.open(alice, "garbage"), DecryptionFailedError);
});
