import { sha256Hex } from "./hash.ts";
import type { Brand, ClientId } from "./ids.ts";

/**
 * How logs, indexes and tables name a client: the first 12 hex digits of SHA-256 of its id. A client id is as long as
 * the registration that it contains, and its text is the client's own.
 */
export type ClientRef = Brand<"ClientRef">;

/** The reference of a client id: the same for the same id, in every process and installation. */
export function clientRef(clientId: ClientId): ClientRef {
  return sha256Hex(clientId).slice(0, 12) as ClientRef;
}
