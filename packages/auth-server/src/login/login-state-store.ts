import type { Hash } from "@fjmcp/shared/ids";

/** Logins that wait for Forgejo's redirect, by the hash of their state. Rejects with StoreUnavailableError. */
export interface LoginStateStore {
  /** `binding` is the hash of the login cookie of the browser that started the login. */
  put(state: Hash, binding: Hash, expiresInSec: number): Promise<void>;
  /** Returns the binding and leaves the state as it is. */
  peek(state: Hash): Promise<Hash | undefined>;
  /** Deletes the state. True for exactly one caller. */
  take(state: Hash): Promise<boolean>;
}
