import type { GrantId, Hash } from "@fjmcp/shared/ids";
import type { GrantRevocation } from "./grant-revocation.ts";
import type { CodeKind, TokenStore } from "./token-store.ts";

export interface RedeemOnceDeps {
  readonly tokens: Pick<TokenStore, "redeemCode">;
  readonly revocation: Pick<GrantRevocation, "revoke">;
  readonly events: {
    codeReplayed(replay: { grantId: GrantId; kind: "double_submit" | "replay" }): void;
  };
}

/**
 * Redeems a code. Only one caller over all processes gets `redeemed`; a later one is a double submit or, after the window, a
 * replay, which revokes the grant (RFC 6749 §10.5). Rejects with StoreUnavailableError.
 */
export async function redeemOnce(
  kind: CodeKind,
  code: Hash,
  { tokens, revocation, events }: RedeemOnceDeps,
): ReturnType<TokenStore["redeemCode"]> {
  const redemption = await tokens.redeemCode(code, kind);
  const { outcome, grantId } = redemption;
  if (grantId !== undefined && (outcome === "double_submit" || outcome === "replay")) {
    events.codeReplayed({ grantId, kind: outcome });
    if (outcome === "replay") await revocation.revoke(grantId, "code_replay");
  }
  return redemption;
}
