import { createHash, randomBytes } from "node:crypto";
import { base32 } from "./base32.ts";

/** `method` is empty when the request carried no challenge. */
export interface CodeChallenge {
  readonly challenge: string;
  readonly method: "" | "plain" | "S256";
}

export interface AuthorizationCode {
  readonly grantId: number;
  readonly redirectUri: string;
  readonly pkce: CodeChallenge;
}

/** Codes are single use and, as in Forgejo, never expire. */
export class AuthorizationCodes {
  readonly #codes = new Map<string, AuthorizationCode>();

  issue(record: AuthorizationCode): string {
    const code = `gta_${base32(randomBytes(32))}`;
    this.#codes.set(code, record);
    return code;
  }

  find(code: string): AuthorizationCode | undefined {
    return this.#codes.get(code);
  }

  burn(code: string): void {
    this.#codes.delete(code);
  }
}

/** RFC 7636 §4.6. */
export function verifierFits(pkce: CodeChallenge, verifier: string): boolean {
  if (pkce.method === "") return true;
  const challenge =
    pkce.method === "plain" ? verifier : createHash("sha256").update(verifier).digest("base64url");
  return challenge === pkce.challenge;
}
