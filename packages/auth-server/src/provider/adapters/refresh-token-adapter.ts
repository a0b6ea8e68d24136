import type { GrantRevocation } from "../../grant/grant-revocation.ts";
import type { TokenStore } from "../../grant/token-store.ts";
import type { ModelAdapter } from "./adapter-factory.ts";
import { createTokenAdapter } from "./token-adapter.ts";

/** Refresh tokens: each use rotates them. Within the grace period a retry gets the same successor, later it is a replay. */
export function createRefreshTokenAdapter(store: TokenStore, revocation: GrantRevocation): ModelAdapter {
  return {
    ...createTokenAdapter("refresh", store, revocation),
    // The step that stores the new tokens rotates the old one, and decides whether it may be used.
    async consume() {},
  };
}
