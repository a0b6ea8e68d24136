import type { Hash } from "@fjmcp/shared/ids";

export interface LoginState {
  /** The hash of the login cookie of the browser that started the login. */
  readonly binding: Hash;
  /** Undefined before the state is claimed. */
  readonly outcome: "running" | { readonly ciphertext: string } | undefined;
}

/** Logins that wait for Forgejo's redirect, by the hash of their state. Rejects with StoreUnavailableError. */
export interface LoginStateStore {
  /** Leaves a state that exists as it is. */
  put(state: Hash, binding: Hash, expiresInSec: number): Promise<void>;
  find(state: Hash): Promise<LoginState | undefined>;
  /** For exactly one caller, until `expiresInSec` pass without an outcome: what ends the claim without one. */
  claim(state: Hash, expiresInSec: number): Promise<(() => Promise<void>) | undefined>;
  /** Stores the outcome of the login; state and outcome then live for `expiresInSec`. */
  complete(state: Hash, ciphertext: string, expiresInSec: number): Promise<void>;
}
