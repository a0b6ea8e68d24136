import { createHash, randomBytes } from "node:crypto";

export interface Pkce {
  readonly verifier: string;
  /** S256 of the verifier (RFC 7636 §4.2). */
  readonly challenge: string;
}

export function newPkce(verifier: string = randomBytes(32).toString("base64url")): Pkce {
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}
