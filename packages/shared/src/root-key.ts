import { createHmac, createSecretKey, hkdfSync, type Hmac, type KeyObject } from "node:crypto";

/** One root key. Keys for a purpose are derived from it and stored nowhere. */
export interface RootKey {
  /** Names the key and reveals nothing about it: four hex digits. */
  readonly id: string;
  /** The same for what it encrypts in the vault: sixteen hex digits. */
  readonly vaultId: string;
  /**
   * HKDF-SHA-256 (RFC 5869): the same for the same purpose, independent of those for other purposes. Derived once: not to be
   * changed.
   */
  derive(purpose: string, bytes: number): Buffer;
  /** HMAC-SHA-256 with the 32 bytes derived for the purpose. */
  hmac(purpose: string): Hmac;
}

/** `text`: one line of a key file, any text of high entropy. */
export function rootKey(text: string): RootKey {
  const derived = new Map<string, Buffer>();
  const derive = (purpose: string, bytes: number) => {
    const known = derived.get(`${bytes} ${purpose}`);
    if (known !== undefined) return known;
    const key = Buffer.from(hkdfSync("sha256", text, "", `fjmcp ${purpose}`, bytes));
    derived.set(`${bytes} ${purpose}`, key);
    return key;
  };
  // Node needs several times as long for an HMAC with bytes.
  const hmacKeys = new Map<string, KeyObject>();
  const hmacKey = (purpose: string) => {
    const known = hmacKeys.get(purpose);
    if (known !== undefined) return known;
    const key = createSecretKey(derive(purpose, 32));
    hmacKeys.set(purpose, key);
    return key;
  };
  return {
    id: derive("key id", 2).toString("hex"),
    vaultId: derive("vault key id", 8).toString("hex"),
    derive,
    hmac: (purpose) => createHmac("sha256", hmacKey(purpose)),
  };
}
