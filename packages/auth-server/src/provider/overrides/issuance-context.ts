import { Provider, type AdapterPayload, type KoaContextWithOIDC } from "oidc-provider";
import { z } from "zod";
import { sha256Hex } from "@fjmcp/shared/hash";
import { accountIdSchema, grantIdSchema, type GrantId } from "@fjmcp/shared/ids";
import type {
  Issue,
  PresentedCredential,
  PresentedToken,
  TokenKind,
  TokenRecord,
  UpstreamTimes,
} from "../../grant/token-store.ts";
import { rotatedRefreshToken } from "./deterministic-refresh-tokens.ts";

/** The members by which a stored code or token names its grant; one of a device has them once its user has decided. */
const ofGrant = z.object({ grantId: grantIdSchema, accountId: accountIdSchema });
type OfGrant = z.infer<typeof ofGrant>;

/** The state of a token request. */
interface IssuanceContext {
  /** Of the code or token that it presents; the Grant only until it is used. */
  presented?: OfGrant & Partial<Pick<PresentedToken, "grant" | "upstream">>;
  /** The tokens of the response that are saved so far, but not stored. */
  tokens?: Issue["tokens"];
}

/** Keeps for the current request whose code or token it presents, and what was read together with that. */
export function keepPresented(
  payload: AdapterPayload,
  { grant, upstream }: Partial<PresentedToken> = {},
): void {
  const owner = ofGrant.safeParse(payload).data;
  const context = currentContext();
  if (owner === undefined || context === undefined) return;
  context.presented = { ...owner, ...(grant !== undefined && { grant }), ...(upstream && { upstream }) };
}

/**
 * The grant, and its account, of the code or token that a request presents, for the log: oidc-provider may reject it before
 * it says so. Undefined for a code or token that is unknown.
 */
export function ownerOfPresented(ctx: KoaContextWithOIDC): OfGrant | undefined {
  return ofGrant.safeParse(contextOf(ctx).presented).data;
}

/** The Grant of the token that the current request has presented, once: undefined for any other grant. */
export function takePresentedGrant(grantId: GrantId): string | undefined {
  const context = currentContext();
  if (context?.presented?.grantId !== grantId) return undefined;
  const { grant, ...rest } = context.presented;
  context.presented = rest;
  return grant;
}

/** What is known of the Forgejo tokens that this grant rests on. */
export function presentedUpstream(): UpstreamTimes | undefined {
  return currentContext()?.presented?.upstream;
}

/**
 * Collects the tokens of the current response, which are stored in one step: returns all of them with the last one, and
 * undefined before. A client that may refresh gets a refresh token with each access token.
 */
export function collectTokens(kind: TokenKind, token: TokenRecord): Issue["tokens"] | undefined {
  const ctx = Provider.ctx;
  const context = currentContext();
  const tokens = { ...context?.tokens, [kind]: token };
  if (ctx === undefined || context === undefined || kind === "code") return tokens;
  context.tokens = tokens;
  const mayRefresh = ctx.oidc.client?.grantTypeAllowed("refresh_token") === true;
  const isComplete = "access" in tokens && ("refresh" in tokens || !mayRefresh);
  return isComplete ? tokens : undefined;
}

/** The credential that the tokens of the current response are issued for; undefined for a code, which begins a grant. */
export function presentedCredential(kind: TokenKind): PresentedCredential | undefined {
  const ctx = Provider.ctx;
  if (ctx === undefined || kind === "code") return undefined;
  const rotated = rotatedRefreshToken();
  if (rotated !== undefined) return { kind: "refresh", hash: sha256Hex(rotated) };
  const { AuthorizationCode, DeviceCode } = ctx.oidc.entities;
  const code = (AuthorizationCode ?? DeviceCode)?.jti;
  if (code === undefined) return undefined;
  return { kind: AuthorizationCode === undefined ? "device_code" : "code", hash: sha256Hex(code) };
}

function currentContext(): IssuanceContext | undefined {
  return Provider.ctx && contextOf(Provider.ctx);
}

/** In Koa's namespace for the state of a request. */
function contextOf({ state }: KoaContextWithOIDC): IssuanceContext {
  return (state.issuance ??= {}) as IssuanceContext;
}
