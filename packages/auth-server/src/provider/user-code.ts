import { sha256Hex } from "@fjmcp/shared/hash";
import type { Hash } from "@fjmcp/shared/ids";
import type { SecretDerivation } from "../crypto/secret-derivation.ts";

/** The parameter of a user code, in a link that fills it in and in the form (RFC 8628 §3.3.1). */
export const userCodeParameter = "user_code";

/** The letters of user codes: none that is read as another, and no vowel, so that no code is a word (RFC 8628 §6.1). */
export const userCodeAlphabet = "BCDFGHJKLMNPQRSTVWXZ";

/** How a user code is stored. It has 34 bits only: without a key, its hash could be reversed by trying all of them. */
export function userCodeHash(derivation: SecretDerivation, userCode: string): Hash {
  return sha256Hex(derivation.derive("user-code", normalised(userCode)));
}

/** The hashes by which a code may be stored: one for each key of the ring, the current one first. */
export function userCodeHashes(derivation: SecretDerivation, userCode: string): Hash[] {
  return derivation.deriveAll("user-code", normalised(userCode)).map(sha256Hex);
}

/** A user code as a device shows it: `BCDF-GHJK`. Undefined for a text that is none, however it is written. */
export function formatUserCode(text: string): string | undefined {
  const letters = normalised(text);
  return userCodeFormat.test(letters) ? `${letters.slice(0, 4)}-${letters.slice(4)}` : undefined;
}

const userCodeFormat = new RegExp(`^[${userCodeAlphabet}]{8}$`);

/** Case, punctuation and the width of letters do not count (RFC 8628 §6.1). */
function normalised(userCode: string): string {
  return userCode
    .normalize("NFKC")
    .toUpperCase()
    .replaceAll(/[^A-Z\d]/g, "");
}
