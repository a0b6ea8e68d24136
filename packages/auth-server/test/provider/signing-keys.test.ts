import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import t from "tap";
import { Secret } from "@fjmcp/shared/config/secret";
import { createKeyRing } from "../../src/crypto/key-ring.ts";
import { deriveSigningKeys } from "../../src/provider/signing-keys.ts";

const ringOf = (...keys: string[]) => createKeyRing(new Secret(keys.join("\n")));

t.test("derives an ES256 key pair for each root key, the current one's first", async (t) => {
  const ring = ringOf("a new root key of enough characters", "an old root key of enough characters");
  const { keys } = deriveSigningKeys(ring);
  t.strictSame(
    keys.map(({ kid }) => kid),
    ring.ids,
  );
  for (const { d, ...publicKey } of keys) {
    const signature = sign(
      null,
      Buffer.from("x"),
      createPrivateKey({ key: { ...publicKey, d }, format: "jwk" }),
    );
    t.ok(verify(null, Buffer.from("x"), createPublicKey({ key: publicKey, format: "jwk" }), signature));
  }
  t.not(keys[0]!.d, keys[1]!.d);
});

t.test("derives the same key in every process", async (t) => {
  const { keys } = deriveSigningKeys(ringOf("a root key that never changes, for this test"));
  t.match(keys, [{ kid: "2721", x: "X5hax3_4sjPHv49ilDKw_pCkUfpth6CRLtFDvmX9xT4" }]);
});
