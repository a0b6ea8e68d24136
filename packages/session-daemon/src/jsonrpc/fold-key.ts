/**
 * The key as Go's encoding/json compares keys: without regard to case, and `ſ` (U+017F) is an s, `K` (U+212A) a k. Keeps
 * the length of what Go folds.
 */
export function foldKey(key: string): string {
  return key.toUpperCase().toLowerCase();
}
