import { setTimeout as sleep } from "node:timers/promises";
import type { AccountId } from "@fjmcp/shared/ids";
import type { Clock } from "@fjmcp/shared/clock";
import type { UpstreamInvalidation } from "./upstream-invalidation.ts";
import type { ForgejoClient } from "../forgejo/forgejo-client.ts";
import type { RotationTracker } from "./rotation-tracker.ts";
import { singleFlight } from "@fjmcp/shared/single-flight";
import { TokenRefusedError } from "../errors/token-refused-error.ts";
import type { UpstreamLock } from "../vault/upstream-lock.ts";
import { isPastHalfLife } from "../vault/upstream-record.ts";
import { UpstreamUnavailableError } from "../errors/upstream-unavailable-error.ts";
import type { VersionedRecord, Vault } from "../vault/vault.ts";

/**
 * By how much the lock outlives Forgejo's time-out and the re-reads. Tokens that wait longer than that for a store that is
 * away are stored without it: what is newer stays.
 */
const marginMs = 5000;
const pollMs = 50;

/**
 * Refreshes an account's tokens if they are past half their life: once over all processes, and whoever else asks at
 * that time gets the same new ones. Rejects with LoginRequiredError, UpstreamUnavailableError or
 * UpstreamMisconfiguredError.
 */
export type TokenRefresh = (account: AccountId) => Promise<VersionedRecord>;

export function createTokenRefresh(deps: {
  vault: Vault;
  lock: UpstreamLock;
  client: Pick<ForgejoClient, "refresh">;
  rotations: RotationTracker;
  dead: UpstreamInvalidation;
  clock: Clock;
  forgejoTimeoutMs: number;
  /** How long a refused refresh token waits for the newer record of a login that may have crossed it. */
  rereadMs: number;
}): TokenRefresh {
  const { vault, lock, client, rotations, dead, clock, rereadMs } = deps;
  const lockLifeMs = deps.forgejoTimeoutMs + rereadMs + marginMs;

  /** Undefined when another process is refreshing the tokens. */
  async function refreshUnlessLocked(account: AccountId): Promise<VersionedRecord | undefined> {
    const release = await lock.acquire(account, lockLifeMs);
    // A lock that can not be released lapses by itself.
    return release && refreshLocked(account).finally(() => release().catch(() => undefined));
  }

  async function refreshLocked(account: AccountId): Promise<VersionedRecord> {
    const held = await vault.read(account);
    if (held === undefined) return dead.absent(account);
    if (!isPastHalfLife(held.record, clock())) return held;
    try {
      await vault.storeRefreshed(account, held, await client.refresh(held.record.refreshToken));
    } catch (error) {
      if (!(error instanceof TokenRefusedError)) throw error;
      return newerOrDead(account, held, error.message);
    }
    // What is stored now may be from a login that crossed the refresh, and is newer then.
    return (await vault.read(account)) ?? dead.absent(account);
  }

  async function newerOrDead(
    account: AccountId,
    held: VersionedRecord,
    reason: string,
  ): Promise<VersionedRecord> {
    const giveUpAtMs = performance.now() + rereadMs;
    for (;;) {
      const latest = await vault.read(account);
      if (latest === undefined) return dead.absent(account);
      if (latest.record.refreshToken !== held.record.refreshToken) return latest;
      if (performance.now() >= giveUpAtMs) return dead.declare(account, latest, reason);
      await sleep(pollMs);
    }
  }

  return singleFlight(async function refresh(account) {
    // A little longer than the lock of a process that was killed while it held it.
    const giveUpAtMs = performance.now() + lockLifeMs + marginMs;
    while (performance.now() < giveUpAtMs) {
      const refreshed = await rotations.run(() => refreshUnlessLocked(account));
      if (refreshed !== undefined) return refreshed;
      await sleep(pollMs);
      const held = await vault.read(account);
      if (held === undefined) return dead.absent(account);
      if (!isPastHalfLife(held.record, clock())) return held;
    }
    throw new UpstreamUnavailableError("Another process is still refreshing the tokens");
  });
}
