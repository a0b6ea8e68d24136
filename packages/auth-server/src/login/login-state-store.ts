import type { Hash } from "@fjmcp/shared/ids";

/** LoginFlow that are on their way through Forgejo, by the hash of their state. Rejects with StoreUnavailableError. */
export interface LoginStateStore {
  /** `binding` is the hash of the attempt cookie of the browser that started it. */
  put(state: Hash, binding: Hash, expiresInSec: number): Promise<void>;
  /** The binding, without touching the state. */
  peek(state: Hash): Promise<Hash | undefined>;
  /** True for exactly one caller. */
  take(state: Hash): Promise<boolean>;
}
