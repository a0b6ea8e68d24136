import { createHmac } from "node:crypto";
import type { Secret } from "@fjmcp/shared/config/secret";

/** Derives secrets that all processes agree on and none stores (HMAC-SHA-256). */
export interface SecretDerivation {
  /** 43 characters of base64url: equal for equal purpose and input, unpredictable without the key. */
  derive(purpose: SecretPurpose, input: string): string;
}

type SecretPurpose = "refresh-successor" | "upstream-verifier" | "consent-csrf";

export function createSecretDerivation(key: Secret): SecretDerivation {
  return {
    derive: (purpose, input) =>
      createHmac("sha256", key.reveal()).update(`fjmcp ${purpose}\0${input}`).digest("base64url"),
  };
}
