import { Provider, type AdapterPayload } from "oidc-provider";
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
  readonly presented?: OfGrant & Partial<Pick<PresentedToken, "grant" | "upstream">>;
  /** The tokens of the response that are saved so far, but not stored. */
  readonly tokens?: Issue["tokens"];
}

/** By Koa's context of the request. */
const contexts = new WeakMap<object, IssuanceContext>();

/** Keeps for the current request whose code or token it presents, and what was read together with that. */
export function keepPresented(
  payload: AdapterPayload,
  { grant, upstream }: Partial<PresentedToken> = {},
): void {
  const owner = ofGrant.safeParse(payload).data;
  if (owner === undefined || Provider.ctx === undefined) return;
  record({ presented: { ...owner, ...(grant !== undefined && { grant }), ...(upstream && { upstream }) } });
}

/**
 * The grant, and its account, of the code or token that a request presents, for the log: oidc-provider may reject it before
 * it says so. Undefined for a code or token that is unknown.
 */
export function ownerOfPresented(ctx: object): OfGrant | undefined {
  return ofGrant.safeParse(contexts.get(ctx)?.presented).data;
}

/** The Grant of the token that the current request has presented, once: undefined for any other grant. */
export function takePresentedGrant(grantId: GrantId): string | undefined {
  const presented = Provider.ctx && contexts.get(Provider.ctx)?.presented;
  if (presented?.grantId !== grantId) return undefined;
  const { grant, ...rest } = presented;
  record({ presented: rest });
  return grant;
}

/** What is known of the Forgejo tokens that this grant rests on. */
export function presentedUpstream(): UpstreamTimes | undefined {
  return Provider.ctx && contexts.get(Provider.ctx)?.presented?.upstream;
}

/**
 * Collects the tokens of the current response, which are stored in one step: returns all of them with the last one, and
 * undefined before. A client that may refresh gets a refresh token with each access token.
 */
export function collectTokens(kind: TokenKind, token: TokenRecord): Issue["tokens"] | undefined {
  const ctx = Provider.ctx;
  const tokens = { ...(ctx && contexts.get(ctx)?.tokens), [kind]: token };
  if (ctx === undefined || kind === "code") return tokens;
  record({ tokens });
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

function record(change: IssuanceContext): void {
  const ctx = Provider.ctx!;
  contexts.set(ctx, { ...contexts.get(ctx), ...change });
}
