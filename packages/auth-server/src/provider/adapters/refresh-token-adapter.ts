import { errors } from "oidc-provider";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { GrantRevocation } from "../../grant/grant-revocation.ts";
import type { TokenStore } from "../../grant/token-store.ts";
import { temporarilyUnavailable } from "../temporarily-unavailable.ts";
import type { ModelAdapter } from "./adapter-factory.ts";
import { createTokenAdapter } from "./token-adapter.ts";

/** Refresh tokens: rotated by each use; inside the grace an old one still gives its successor, after it a theft. */
export function createRefreshTokenAdapter(store: TokenStore, revocation: GrantRevocation): ModelAdapter {
  return {
    ...createTokenAdapter("refresh", store, revocation),
    async consume(id) {
      const { outcome, grantId } = await store.rotateRefreshToken(sha256Hex(id));
      if (outcome === "rotated") return;
      if (outcome === "pending") throw temporarilyUnavailable(new Error("its rotation is not answered yet"));
      if (outcome === "replay" && grantId !== undefined) await revocation.revoke(grantId, "refresh_replay");
      throw new errors.InvalidGrant(`refresh token: ${outcome}`);
    },
  };
}
