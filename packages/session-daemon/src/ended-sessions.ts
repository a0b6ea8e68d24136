import type { AccountId, Hash } from "@fjmcp/shared/ids";

/**
 * Why sessions ended: `client` closed its own; `administrator` ended one; `access_ended` with the access of their account
 * or client; `evicted` because the account had too many; `expired` unused; `worker_ended` with the worker of its own.
 */
export const sessionEnds = [
  "client",
  "administrator",
  "access_ended",
  "evicted",
  "expired",
  "worker_ended",
] as const;
export type SessionEnd = (typeof sessionEnds)[number];

/** Sessions of one account that ended, not by their client. */
export interface EndedSessions {
  readonly accountId: AccountId;
  readonly reason: Exclude<SessionEnd, "client" | "worker_ended">;
  readonly sessions: readonly Hash[];
}
