import type { Clock } from "@fjmcp/shared/clock";
import { StoreUnavailableError } from "@fjmcp/shared/redis/store-unavailable-error";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { AccountId } from "@fjmcp/shared/ids";
import type { UpstreamRecord } from "../vault/upstream-record.ts";
import type { Vault } from "../vault/vault.ts";
import type { FailureReport } from "./failure-report.ts";
import type { TokenRefresh } from "./token-refresh.ts";
import type { UpstreamInvalidation } from "./upstream-invalidation.ts";
import type { UserCheck } from "./user-check.ts";

/** Refreshes come by up to this share of a refresh token's life before its half, by account. */
const spread = 0.1;

/**
 * Refreshes an account's Forgejo tokens at half the life of the refresh token, for accounts that may not use them for longer
 * than that life: by then no refresh would be possible. Tokens that were stored on one day are refreshed on different ones.
 * Whether the user may still sign in is checked as after any refresh. A failure at Forgejo is logged; rejects with
 * StoreUnavailableError.
 */
export type RefreshAhead = (account: AccountId) => Promise<void>;

export function createRefreshAhead(deps: {
  vault: Pick<Vault, "read">;
  refresh: TokenRefresh;
  checkUser: UserCheck;
  invalidation: Pick<UpstreamInvalidation, "handleMissing">;
  clock: Clock;
  report: FailureReport;
}): RefreshAhead {
  const { vault, refresh, checkUser, invalidation, clock, report } = deps;

  async function refreshIfDue(account: AccountId): Promise<void> {
    const versioned = (await vault.read(account)) ?? (await invalidation.handleMissing(account));
    if (clock() / 1000 < dueAtSec(account, versioned.record)) return;
    // Whatever is left of the access token's life.
    await checkUser(account, await refresh(account, versioned));
  }

  return async function refreshAhead(account) {
    try {
      await refreshIfDue(account);
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      report(account, error as Error);
    }
  };
}

function dueAtSec(account: AccountId, { issuedAtSec, refreshExpiresAtSec }: UpstreamRecord): number {
  const share = Number.parseInt(sha256Hex(account).slice(0, 8), 16) / 0xffff_ffff;
  return issuedAtSec + (refreshExpiresAtSec - issuedAtSec) * (0.5 - spread * share);
}
