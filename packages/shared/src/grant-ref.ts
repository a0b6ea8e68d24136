import { sha256Hex } from "./hash.ts";
import type { Brand, GrantId } from "./ids.ts";

/**
 * How Forgejo's log, tables and log events name a grant: the first 12 hex digits of SHA-256 of its id, so that the id
 * itself does not leave fjmcp.
 */
export type GrantRef = Brand<"GrantRef">;

/** The reference of a grant id: the same for the same id, in every process. */
export function grantRef(grantId: GrantId): GrantRef {
  return sha256Hex(grantId).slice(0, 12) as GrantRef;
}
