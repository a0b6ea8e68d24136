import { z } from "zod";

/** The plaintext of a vault record: the Forgejo tokens of one account. Times are by our clock, except `order.iat`. */
export const upstreamRecord = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  /** Seconds since the epoch. */
  issuedAtSec: z.number(),
  /** Seconds since the epoch. */
  expiresAtSec: z.number(),
  /** Seconds since the epoch, of the refresh token. */
  refreshExpiresAtSec: z.number(),
  order: z.object({ gnt: z.string(), cnt: z.number(), iat: z.number() }),
  /** The introspected scope, space-separated; absent until it was checked not to exceed the configured one. */
  scope: z.string().optional(),
  /** The login name, for display; absent until `/api/v1/user` was called. */
  login: z.string().optional(),
});
export type UpstreamRecord = z.infer<typeof upstreamRecord>;

/** When half of the access token's life is over, in seconds since the epoch. */
export function halfLifeSec(record: Pick<UpstreamRecord, "issuedAtSec" | "expiresAtSec">): number {
  return (record.issuedAtSec + record.expiresAtSec) / 2;
}

/** True once half of the access token's life is over. `nowMs` is in milliseconds since the epoch. */
export function isPastHalfLife(record: UpstreamRecord, nowMs: number): boolean {
  return nowMs / 1000 >= halfLifeSec(record);
}

/** True once the access token has expired. `nowMs` is in milliseconds since the epoch. */
export function hasExpired(record: UpstreamRecord, nowMs: number): boolean {
  return nowMs / 1000 >= record.expiresAtSec;
}
