import { errors } from "oidc-provider";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { AuditEvents } from "../../audit-events.ts";
import type { GrantRevocation } from "../../grant/grant-revocation.ts";
import type { TokenStore } from "../../grant/token-store.ts";
import { markCodePresented, recordRedemption } from "../overrides/issuance-context.ts";
import type { ModelAdapter } from "./adapter-factory.ts";
import { createTokenAdapter } from "./token-adapter.ts";

/** Authorization codes: one redemption each; a later one is a double submit or, after the window, a replay (RFC 6749 §10.5). */
export function createCodeAdapter(
  store: TokenStore,
  revocation: GrantRevocation,
  events: AuditEvents,
): ModelAdapter {
  return {
    ...createTokenAdapter("code", store, revocation),
    async consume(id) {
      markCodePresented();
      const { outcome, grantId, redeemedAtMs } = await store.redeemCode(sha256Hex(id));
      if (outcome === "redeemed") return recordRedemption(redeemedAtMs);
      if (grantId !== undefined && outcome !== "unknown") {
        events.codeReplayed({ grantId, kind: outcome });
        if (outcome === "replay") await revocation.revoke(grantId, "code_replay");
      }
      throw new errors.InvalidGrant(`authorization code: ${outcome}`);
    },
  };
}
