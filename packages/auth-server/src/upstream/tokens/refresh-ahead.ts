import type { Clock } from "@fjmcp/shared/clock";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { AccountId } from "@fjmcp/shared/ids";
import type { UpstreamRecord } from "../vault/upstream-record.ts";
import type { Vault } from "../vault/vault.ts";
import type { TokenRefresh } from "./token-refresh.ts";
import type { UpstreamInvalidation } from "./upstream-invalidation.ts";

/** Refreshes come by up to this share of a refresh token's life before its half, by account. */
const spread = 0.1;

/**
 * Refreshes an account's Forgejo tokens at half the life of the refresh token, for accounts that may not use them for longer
 * than that life: by then no refresh would be possible. Tokens that were stored on one day are refreshed on different ones.
 * Rejects as TokenRefresh does.
 */
export type RefreshAhead = (account: AccountId) => Promise<void>;

export function createRefreshAhead(deps: {
  vault: Pick<Vault, "read">;
  refresh: TokenRefresh;
  invalidation: Pick<UpstreamInvalidation, "handleMissing">;
  clock: Clock;
}): RefreshAhead {
  const { vault, refresh, invalidation, clock } = deps;
  return async function refreshAhead(account) {
    const versioned = (await vault.read(account)) ?? (await invalidation.handleMissing(account));
    if (clock() / 1000 < dueAtSec(account, versioned.record)) return;
    // Whatever is left of the access token's life.
    await refresh(account, versioned);
  };
}

function dueAtSec(account: AccountId, { issuedAtSec, refreshExpiresAtSec }: UpstreamRecord): number {
  const share = Number.parseInt(sha256Hex(account).slice(0, 8), 16) / 0xffff_ffff;
  return issuedAtSec + (refreshExpiresAtSec - issuedAtSec) * (0.5 - spread * share);
}
