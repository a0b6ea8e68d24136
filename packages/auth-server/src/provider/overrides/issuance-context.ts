import { Provider } from "oidc-provider";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { TokenKind, PresentedCredential } from "../../grant/token-store.ts";
import { rotatedRefreshToken } from "./deterministic-refresh-tokens.ts";

/** The state of a token request that has presented an authorization code or a device code. */
interface IssuanceContext {
  /** Set once this request has won the redemption. */
  readonly redeemedAtMs?: number;
}

/** By Koa's context of the request. */
const contexts = new WeakMap<object, IssuanceContext>();

/** Records that the current request is about to redeem its code. */
export function markCodePresented(): void {
  contexts.set(Provider.ctx!, {});
}

/** Whether the request may have redeemed its code, even if the store's reply was lost. */
export function mayHaveConsumedCode(ctx: object): boolean {
  return contexts.has(ctx);
}

/** Records the redemption that the current request has won. */
export function recordRedemption(redeemedAtMs: number): void {
  contexts.set(Provider.ctx!, { redeemedAtMs });
}

/**
 * The credential that the token to be stored is issued for; undefined for a code, which begins a grant. It follows the
 * order in which oidc-provider 9.13 saves the tokens of a response: for a code the access token first, for a refresh
 * token the access token last.
 */
export function presentedCredential(kind: TokenKind): PresentedCredential | undefined {
  const ctx = Provider.ctx;
  if (ctx === undefined || kind === "code") return undefined;
  const rotated = rotatedRefreshToken();
  if (rotated !== undefined) {
    return { kind: "refresh", hash: sha256Hex(rotated), completesResponse: kind === "access" };
  }
  const { AuthorizationCode, DeviceCode } = ctx.oidc.entities;
  const code = (AuthorizationCode ?? DeviceCode)?.jti;
  if (code === undefined) return undefined;
  const redeemedAtMs = contexts.get(ctx)?.redeemedAtMs;
  if (redeemedAtMs === undefined) throw new Error("a token is issued for a code that was not redeemed");
  const completesResponse = kind === "refresh" || !ctx.oidc.client?.grantTypeAllowed("refresh_token");
  const source = AuthorizationCode === undefined ? "device_code" : "code";
  return { kind: source, hash: sha256Hex(code), redeemedAtMs, completesResponse };
}
