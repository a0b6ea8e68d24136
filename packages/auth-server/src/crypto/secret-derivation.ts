import { createHmac } from "node:crypto";
import type { KeyRing } from "./key-ring.ts";

/** Derives secrets that all processes agree on and none stores (HMAC-SHA-256). */
export interface SecretDerivation {
  /** 43 characters of base64url: equal for equal purpose and input, unpredictable without the key. */
  derive(purpose: SecretPurpose, input: string): string;
}

type SecretPurpose =
  | "refresh-successor"
  | "upstream-verifier"
  | "consent-csrf"
  | "login-state"
  | "login-cookie"
  | "authorization-code"
  | "user-code"
  | "connections-session"
  | "connections-csrf";

/** Derives with the ring's current key. */
export function createSecretDerivation(keys: KeyRing): SecretDerivation {
  return {
    derive: (purpose, input) =>
      createHmac("sha256", keys.current.derive(purpose, 32)).update(input).digest("base64url"),
  };
}
