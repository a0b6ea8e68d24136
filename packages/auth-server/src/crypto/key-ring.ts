import type { Secret } from "@fjmcp/shared/config/secret";
import { rootKey, type RootKey } from "@fjmcp/shared/root-key";

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
