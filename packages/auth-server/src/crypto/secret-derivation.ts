import { createHmac } from "node:crypto";
import type { Secret } from "@fjmcp/shared/config/secret";

/** Values that several processes must agree on and that are stored nowhere. */
export interface Derivation {
  /** 43 characters of base64url; the same for the same purpose and input, and not to be guessed without the key. */
  derive(purpose: DerivationPurpose, input: string): string;
}

type DerivationPurpose = "refresh-successor" | "upstream-verifier" | "consent-csrf";

export function createDerivation(key: Secret): Derivation {
  return {
    derive: (purpose, input) =>
      createHmac("sha256", key.reveal()).update(`fjmcp ${purpose}\0${input}`).digest("base64url"),
  };
}
