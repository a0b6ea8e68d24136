import { createHmac } from "node:crypto";
import type { Secret } from "@fjmcp/shared/config/secret";

/** Values that several processes must agree on and that are stored nowhere. */
export interface SecretDerivation {
  /** 43 characters of base64url; the same for the same purpose and input, and not to be guessed without the key. */
  derive(purpose: SecretPurpose, input: string): string;
}

type SecretPurpose = "refresh-successor" | "upstream-verifier" | "consent-csrf";

export function createSecretDerivation(key: Secret): SecretDerivation {
  return {
    derive: (purpose, input) =>
      createHmac("sha256", key.reveal()).update(`fjmcp ${purpose}\0${input}`).digest("base64url"),
  };
}
