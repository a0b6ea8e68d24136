import { hkdfSync } from "node:crypto";
import type { Secret } from "@fjmcp/shared/config/secret";

const keyIdBytes = 2;

/** One root key. Keys for a purpose are derived from it and stored nowhere. */
export interface RootKey {
  /** Names the key and reveals nothing about it: four hex digits. */
  readonly id: string;
  /** HKDF-SHA-256 (RFC 5869): the same for the same purpose, independent of those for other purposes. */
  derive(purpose: string, bytes: number): Buffer;
}

/** Root keys by their id. The first one makes new values; the others still verify what they have made. */
export interface KeyRing {
  readonly current: RootKey;
  /** The ids of all keys, the current one's first. */
  readonly ids: readonly string[];
  /** All keys, the current one first. */
  readonly all: readonly RootKey[];
  find(id: string): RootKey | undefined;
}

/** `secret` holds one root key a line, the current one first, each any text of high entropy. */
export function createKeyRing(secret: Secret): KeyRing {
  const keys = secret
    .reveal()
    .split(/\r?\n/)
    .filter((line) => line !== "")
    .map(rootKey);
  const [current] = keys;
  if (current === undefined) throw new Error("a key ring needs a key");
  return {
    current,
    ids: keys.map(({ id }) => id),
    all: keys,
    find: (id) => keys.find((key) => key.id === id),
  };
}

function rootKey(text: string): RootKey {
  const derive = (purpose: string, bytes: number) =>
    Buffer.from(hkdfSync("sha256", text, "", `fjmcp ${purpose}`, bytes));
  return { id: derive("key id", keyIdBytes).toString("hex"), derive };
}
