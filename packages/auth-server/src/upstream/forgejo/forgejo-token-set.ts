import { accountIdSchema, type AccountId } from "@fjmcp/shared/ids";
import { decodeJwt } from "jose";
import { z } from "zod";

/** Orders two token sets of one account; from the refresh token's claims if it is a JWT of Forgejo's. */
export interface TokenOrder {
  /** Forgejo's grant id; "" when the refresh token is not a JWT of Forgejo's. */
  readonly gnt: string;
  /** The grant's counter: each code exchange or refresh increments it and invalidates refresh tokens with a lower one. */
  readonly cnt: number;
  /** Issued at, in seconds, by Forgejo's clock. */
  readonly iat: number;
}

/** A token response. Times are by our clock, so that clock skew at Forgejo does no harm. */
export interface ForgejoTokenSet {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Seconds since the epoch. */
  readonly issuedAtSec: number;
  /** Seconds since the epoch. */
  readonly expiresAtSec: number;
  /** Seconds since the epoch, of the refresh token. */
  readonly refreshExpiresAtSec: number;
  readonly order: TokenOrder;
  /** `sub` of the id_token, whose signature needs no check: it came directly from Forgejo (OpenID Connect Core §3.1.3.7). */
  readonly subject: AccountId | undefined;
}

const tokenResponse = z.object({
  access_token: z.string().min(1).max(16_384),
  refresh_token: z.string().min(1).max(16_384),
  expires_in: z.number().positive().optional(),
  id_token: z.string().optional(),
});

/** The id of a user as a token's `sub`: Forgejo numbers them from 1. */
export const subject = z
  .string()
  .regex(/^[1-9]\d*$/)
  .pipe(accountIdSchema);

const claims = z
  .object({
    gnt: z.number().transform(String),
    cnt: z.number(),
    iat: z.number(),
    exp: z.number(),
    sub: subject,
  })
  .partial()
  .catch({});

/** Forgejo's default life of a refresh token, 730 hours, for one that does not carry its own. */
const defaultRefreshLifeSec = 730 * 3600;

/** Parses the token response to a request sent at `sentAtMs`, in milliseconds since the epoch; undefined when unusable. */
export function readTokenSet(json: unknown, sentAtMs: number): ForgejoTokenSet | undefined {
  const response = tokenResponse.safeParse(json);
  if (!response.success) return undefined;
  const { access_token, refresh_token, expires_in, id_token } = response.data;
  const access = claimsOf(access_token);
  const refresh = claimsOf(refresh_token);
  const lives = [expires_in, lifeOf(access)].filter((life) => life !== undefined);
  if (lives.length === 0) return undefined;
  const sentAtSec = sentAtMs / 1000;
  return {
    accessToken: access_token,
    refreshToken: refresh_token,
    issuedAtSec: Math.floor(sentAtSec),
    expiresAtSec: Math.floor(sentAtSec + Math.min(...lives)),
    refreshExpiresAtSec: Math.floor(sentAtSec + (lifeOf(refresh) ?? defaultRefreshLifeSec)),
    order: { gnt: refresh.gnt ?? "", cnt: refresh.cnt ?? 0, iat: refresh.iat ?? sentAtSec },
    subject: id_token === undefined ? undefined : claimsOf(id_token).sub,
  };
}

function lifeOf({ iat, exp }: { iat?: number | undefined; exp?: number | undefined }): number | undefined {
  return iat === undefined || exp === undefined || exp <= iat ? undefined : exp - iat;
}

function claimsOf(token: string): z.infer<typeof claims> {
  try {
    return claims.parse(decodeJwt(token));
  } catch {
    return {};
  }
}
