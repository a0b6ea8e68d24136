import { createHmac } from "node:crypto";
import type { KeyRing } from "./key-ring.ts";

/** Values that several processes must agree on and that are stored nowhere. */
export interface SecretDerivation {
  /** 43 characters of base64url; the same for the same purpose and input, and not to be guessed without the key. */
  derive(purpose: SecretPurpose, input: string): string;
}

type SecretPurpose = "refresh-successor" | "upstream-verifier" | "consent-csrf";

/** Derives with the ring's current key. */
export function createSecretDerivation(keys: KeyRing): SecretDerivation {
  return {
    derive: (purpose, input) =>
      createHmac("sha256", keys.current.derive(purpose, 32)).update(input).digest("base64url"),
  };
}
