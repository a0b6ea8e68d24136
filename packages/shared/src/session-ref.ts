import { sha256Hex } from "./hash.ts";
import type { Brand, Hash } from "./ids.ts";

/**
 * How tables and commands name an MCP session: the first 12 hex digits of SHA-256 of its hash, so that neither its id nor
 * the hash is shown.
 */
export type SessionRef = Brand<"SessionRef">;

/** The reference of a session: the same for the same session, in every process. */
export function sessionRef(session: Hash): SessionRef {
  return sha256Hex(session).slice(0, 12) as SessionRef;
}
