import { z } from "zod";

/** The plaintext of a vault record: the Forgejo tokens of one account. */
export const upstreamRecord = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  /** Seconds since the epoch, by our clock. */
  issuedAtSec: z.number(),
  /** Seconds since the epoch, by our clock. */
  expiresAtSec: z.number(),
  /** Seconds since the epoch, by our clock, of the refresh token. */
  refreshExpiresAtSec: z.number(),
  order: z.object({ gnt: z.string(), cnt: z.number(), iat: z.number() }),
  /** As introspected; absent until it was found to be no more than is configured. */
  scope: z.string().optional(),
  /** The login name, for people to read; absent until `/api/v1/user` was asked. */
  login: z.string().optional(),
});
export type UpstreamRecord = z.infer<typeof upstreamRecord>;

/** True once half of the access token's life is over. */
export function isPastHalfLife(record: UpstreamRecord, nowMs: number): boolean {
  return nowMs / 1000 >= (record.issuedAtSec + record.expiresAtSec) / 2;
}

export function hasExpired(record: UpstreamRecord, nowMs: number): boolean {
  return nowMs / 1000 >= record.expiresAtSec;
}
