import type { KeyRing } from "./key-ring.ts";
import type { RootKey } from "@fjmcp/shared/root-key";

/** Derives secrets that all processes agree on and none stores (HMAC-SHA-256). */
export interface SecretDerivation {
  /** 43 characters of base64url: equal for equal purpose and input, unpredictable without the key. */
  derive(purpose: SecretPurpose, input: string): string;
  /** As each key of the ring derives it, the current one first: to find or verify what an earlier key has made. */
  deriveAll(purpose: SecretPurpose, input: string): string[];
}

type SecretPurpose =
  | "refresh-successor"
  | "upstream-verifier"
  | "consent-csrf"
  | "account-confirmation"
  | "earlier-choice"
  | "login-state"
  | "login-cookie"
  | "authorization-code"
  | "user-code"
  | "connections-session"
  | "connections-csrf";

/** Derives with the ring's current key, unless all are asked for. */
export function createSecretDerivation(keys: KeyRing): SecretDerivation {
  return {
    derive: (purpose, input) => deriveWith(keys.current, purpose, input),
    deriveAll: (purpose, input) => keys.all.map((key) => deriveWith(key, purpose, input)),
  };
}

function deriveWith(key: RootKey, purpose: SecretPurpose, input: string): string {
  return key.hmac(purpose).update(input).digest("base64url");
}
