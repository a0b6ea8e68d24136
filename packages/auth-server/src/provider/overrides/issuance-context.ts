import { Provider } from "oidc-provider";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { TokenKind, PresentedCredential } from "../../grant/token-store.ts";
import { rotatedRefreshToken } from "./deterministic-refresh-tokens.ts";

/** Remembers that the request at hand is about to use its code. */
export function markCodePresented(): void {
  Provider.ctx!.state["isRedeeming"] = true;
}

/** Whether the request may have used its code, even if it was not told so. */
export function mayHaveConsumedCode(ctx: { readonly state: Record<string, unknown> }): boolean {
  return ctx.state["isRedeeming"] === true;
}

/** Remembers the redemption that the request at hand has won. */
export function recordRedemption(redeemedAtMs: number): void {
  Provider.ctx!.state["redeemedAtMs"] = redeemedAtMs;
}

/** What the token that is being stored is issued for; undefined for a code, which begins a grant. */
export function presentedCredential(kind: TokenKind): PresentedCredential | undefined {
  const oidc = Provider.ctx?.oidc;
  if (oidc === undefined || kind === "code") return undefined;
  const rotated = rotatedRefreshToken();
  // oidc-provider stores the successor first and the access token last.
  if (rotated !== undefined)
    return { kind: "refresh", hash: sha256Hex(rotated), completesResponse: kind === "access" };
  const code = oidc.entities.AuthorizationCode?.jti;
  if (code === undefined) return undefined;
  // Here the access token comes first, and a refresh token only if the client may have one.
  const completesResponse = kind === "refresh" || !oidc.client?.grantTypeAllowed("refresh_token");
  const redeemedAtMs = Provider.ctx!.state["redeemedAtMs"] as number;
  return { kind: "code", hash: sha256Hex(code), redeemedAtMs, completesResponse };
}
