import { hash } from "node:crypto";
import type { Hash } from "./ids.ts";

/** hex(sha256(plaintext)): how every token, code, session id and cookie secret is stored and looked up. */
export function sha256Hex(plaintext: string): Hash {
  return hash("sha256", plaintext, "hex") as Hash;
}
