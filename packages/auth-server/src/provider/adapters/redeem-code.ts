import { errors } from "oidc-provider";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { AuditEvents } from "../../audit-events.ts";
import type { GrantRevocation } from "../../grant/grant-revocation.ts";
import type { CodeKind, TokenStore } from "../../grant/token-store.ts";
import { markCodePresented, recordRedemption } from "../overrides/issuance-context.ts";

const labels: Readonly<Record<CodeKind, string>> = {
  code: "authorization code",
  device_code: "device code",
};

/**
 * Redeems the code that the current request presents. Only one request over all processes gets through; a later one is a
 * double submit or, after the window, a replay, which revokes the grant (RFC 6749 §10.5): both reject with `invalid_grant`.
 */
export async function redeemCode(
  kind: CodeKind,
  code: string,
  deps: { tokens: TokenStore; revocation: GrantRevocation; events: AuditEvents },
): Promise<void> {
  markCodePresented();
  const { outcome, grantId, redeemedAtMs } = await deps.tokens.redeemCode(sha256Hex(code), kind);
  if (outcome === "redeemed") return recordRedemption(redeemedAtMs);
  if (grantId !== undefined && outcome !== "unknown") {
    deps.events.codeReplayed({ grantId, kind: outcome });
    if (outcome === "replay") await deps.revocation.revoke(grantId, "code_replay");
  }
  throw new errors.InvalidGrant(`${labels[kind]}: ${outcome}`);
}
