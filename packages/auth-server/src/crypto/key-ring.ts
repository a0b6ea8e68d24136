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

/** The keys of a file, one a line, the current one first: at least one. */
export function keyTexts(ring: Secret): string[] {
  return ring.reveal().split(/\r?\n/);
}

/** Each key is any text of high entropy. */
export function createKeyRing(ring: Secret): KeyRing {
  const keys = keyTexts(ring).map(rootKey);
  return {
    current: keys[0]!,
    ids: keys.map(({ id }) => id),
    all: keys,
    find: (id) => keys.find((key) => key.id === id),
  };
}
