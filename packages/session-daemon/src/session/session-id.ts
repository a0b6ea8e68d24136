import { randomBytes } from "node:crypto";

/** A new `Mcp-Session-Id`: 256 random bits as visible ASCII. */
export function mintSessionId(): string {
  return randomBytes(32).toString("base64url");
}
