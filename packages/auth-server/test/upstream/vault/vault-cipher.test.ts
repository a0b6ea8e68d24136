import { randomBytes } from "node:crypto";
import t from "tap";
import { DecryptionFailedError } from "../../../src/upstream/errors/decryption-failed-error.ts";
import { VaultKeyMissingError } from "../../../src/upstream/errors/vault-key-missing-error.ts";
import { createKeyRing } from "../../../src/crypto/key-ring.ts";
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
const cipher = createVaultCipher(createKeyRing(new Secret("a vault key")), "app");

t.test("decrypts what it encrypted, and each ciphertext differs", async (t) => {
  const ciphertext = await cipher.encrypt(alice, record);
  t.same(await cipher.decrypt(alice, ciphertext), record);
  t.not(await cipher.encrypt(alice, record), ciphertext);
  t.notOk(ciphertext.includes(Buffer.from(record.accessToken).toString("base64url")));
});

t.test("needs less space than the tokens", async (t) => {
  const token = () => {
    const header = JSON.stringify({ alg: "RS256", typ: "JWT", kid: "k".repeat(43) });
    return [Buffer.from(header), randomBytes(40), randomBytes(256)]
      .map((part) => part.toString("base64url"))
      .join(".");
  };
  const signed = { ...record, accessToken: token(), refreshToken: token() };
  const ciphertext = await cipher.encrypt(alice, signed);
  t.same(await cipher.decrypt(alice, ciphertext), signed);
  t.ok(ciphertext.length < JSON.stringify(signed).length + 200, "its header has some 150 characters");
});

t.test("names key, application and account in the protected header", async (t) => {
  const [header = ""] = (await cipher.encrypt(alice, record)).split(".");
  const { kid, ...rest } = JSON.parse(Buffer.from(header, "base64url").toString()) as Record<string, string>;
  t.same(rest, { alg: "dir", enc: "A256GCM", app: "app", account: "1" });
  t.match(kid, /^[0-9a-f]{16}$/);
});

t.test("rejects another account, application or key, a changed header and a changed byte", async (t) => {
  const ciphertext = await cipher.encrypt(alice, record);
  await t.rejects(cipher.decrypt(bob, ciphertext), DecryptionFailedError);
  await t.rejects(
    createVaultCipher(createKeyRing(new Secret("a vault key")), "app2").decrypt(alice, ciphertext),
    DecryptionFailedError,
  );
  await t.rejects(
    createVaultCipher(createKeyRing(new Secret("another")), "app").decrypt(alice, ciphertext),
    VaultKeyMissingError,
  );
  await t.rejects(
    createVaultCipher(createKeyRing(new Secret("another")), "app", [cipher.currentKeyId]).decrypt(
      alice,
      ciphertext,
    ),
    DecryptionFailedError,
  );
  const parts = ciphertext.split(".");
  const header = Buffer.from(parts[0] ?? "", "base64url")
    .toString()
    .replace('"account":"1"', '"account":"2"');
  const moved = [Buffer.from(header).toString("base64url"), ...parts.slice(1)].join(".");
  await t.rejects(cipher.decrypt(bob, moved), DecryptionFailedError);
  const tag = parts.at(-1)!;
  const changed = [...parts.slice(0, -1), `${tag.startsWith("A") ? "B" : "A"}${tag.slice(1)}`].join(".");
  await t.rejects(cipher.decrypt(alice, changed), DecryptionFailedError);
  await t.rejects(cipher.decrypt(alice, "garbage"), DecryptionFailedError);
});
