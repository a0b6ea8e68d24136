import { errors } from "oidc-provider";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { GrantRevocation } from "../../grant/grant-revocation.ts";
import type { TokenStore } from "../../grant/token-store.ts";
import { temporarilyUnavailable } from "../temporarily-unavailable.ts";
import type { ModelAdapter } from "./adapter-factory.ts";
import { createTokenAdapter } from "./token-adapter.ts";

/** Refresh tokens: each use rotates them. Within the grace period a retry gets the same successor, later it is a replay. */
export function createRefreshTokenAdapter(store: TokenStore, revocation: GrantRevocation): ModelAdapter {
  return {
    ...createTokenAdapter("refresh", store, revocation),
    async consume(id) {
      const { outcome, grantId } = await store.rotateRefreshToken(sha256Hex(id));
      if (outcome === "rotated") return;
      if (outcome === "pending")
        throw temporarilyUnavailable(new Error("its rotation may still be in flight"));
      if (outcome === "replay" && grantId !== undefined) await revocation.revoke(grantId, "refresh_replay");
      throw new errors.InvalidGrant(`refresh token: ${outcome}`);
    },
  };
}
