import { setTimeout as sleep } from "node:timers/promises";
import type { AccountId } from "@fjmcp/shared/ids";
import type { Clock } from "@fjmcp/shared/clock";
import type { UpstreamInvalidation } from "./upstream-invalidation.ts";
import type { ForgejoClient } from "../forgejo/forgejo-client.ts";
import type { RotationTracker } from "./rotation-tracker.ts";
import { singleFlight } from "@fjmcp/shared/single-flight";
import { TokenRejectedError } from "../errors/token-rejected-error.ts";
import type { UpstreamLock } from "../vault/upstream-lock.ts";
import type { TokenRequestQueue } from "./token-request-queue.ts";
import { hasExpired, isPastHalfLife } from "../vault/upstream-record.ts";
import { UpstreamUnavailableError } from "../errors/upstream-unavailable-error.ts";
import type { VersionedRecord, Vault } from "../vault/vault.ts";

/**
 * The lock lives this much longer than the wait for other requests, Forgejo's timeout and the wait for a concurrent login
 * together. If storing has to be retried for longer, the tokens are stored without the lock: newer ones are never
 * overwritten.
 */
const marginMs = 5000;
const pollMs = 50;
/** How long a refresh waits for requests of others: calls of clients may wait for it, and the race is rare. */
const refreshWaitMs = 1000;

/**
 * Refreshes an account's tokens if they are past half their life or still `rejected`, which Forgejo does not accept. Over
 * all processes there is one refresh at a time, and concurrent callers get its result. Rejects with LoginRequiredError,
 * UpstreamUnavailableError, UpstreamMisconfiguredError or StoreUnavailableError.
 */
export type TokenRefresh = (account: AccountId, rejected?: VersionedRecord) => Promise<VersionedRecord>;

export function createTokenRefresh(deps: {
  vault: Vault;
  lock: Pick<UpstreamLock, "acquire">;
  requestTokens: TokenRequestQueue;
  forgejoTimeoutMs: number;
  client: Pick<ForgejoClient, "refresh" | "user">;
  rotations: RotationTracker;
  invalidation: UpstreamInvalidation;
  clock: Clock;
  /** How long a rejected refresh waits for the newer record of a concurrent login. */
  concurrentLoginTimeoutMs: number;
}): TokenRefresh {
  const { vault, lock, requestTokens, client, rotations, invalidation, clock, concurrentLoginTimeoutMs } =
    deps;
  const lockLifeMs = refreshWaitMs + deps.forgejoTimeoutMs + concurrentLoginTimeoutMs + marginMs;

  function isUsable({ record }: VersionedRecord, rejected: VersionedRecord | undefined): boolean {
    return !isPastHalfLife(record, clock()) && record.refreshToken !== rejected?.record.refreshToken;
  }

  /** Undefined when another process is refreshing the tokens. */
  async function refreshUnlessLocked(account: AccountId, rejected: VersionedRecord | undefined) {
    const release = await lock.acquire(account, lockLifeMs);
    return release && refreshLocked(account, rejected).finally(release);
  }

  async function refreshLocked(
    account: AccountId,
    rejected: VersionedRecord | undefined,
  ): Promise<VersionedRecord> {
    let versioned = await read(account);
    if (isUsable(versioned, rejected)) return versioned;
    try {
      await requestTokens(async () => {
        // A login may have had its turn before.
        versioned = await read(account);
        if (isUsable(versioned, rejected)) return;
        await vault.storeRefreshed(account, versioned, await client.refresh(versioned.record.refreshToken));
      }, refreshWaitMs);
    } catch (error) {
      if (!(error instanceof TokenRejectedError)) throw error;
      return newerOrInvalidate(account, versioned, error.message);
    }
    // A concurrent login may have stored newer tokens.
    return read(account);
  }

  async function read(account: AccountId): Promise<VersionedRecord> {
    return (await vault.read(account)) ?? invalidation.handleMissing(account);
  }

  async function newerOrInvalidate(
    account: AccountId,
    versioned: VersionedRecord,
    reason: string,
  ): Promise<VersionedRecord> {
    const giveUpAtMs = performance.now() + concurrentLoginTimeoutMs;
    for (;;) {
      const latest = await read(account);
      if (latest.record.refreshToken !== versioned.record.refreshToken) return latest;
      if (performance.now() >= giveUpAtMs) {
        await requireRejectedUser(latest);
        return invalidation.invalidate(account, latest, reason);
      }
      await sleep(pollMs);
    }
  }

  /** While the access token has not expired, a rejected refresh alone does not decide: Forgejo's API must reject it, too. */
  async function requireRejectedUser({ record }: VersionedRecord): Promise<void> {
    if (hasExpired(record, clock())) return;
    const { status } = await client.user(record.accessToken);
    if (status !== "rejected") {
      throw new UpstreamUnavailableError("Forgejo rejects the refresh token, but accepts the access token");
    }
  }

  return singleFlight(async function refresh(account: AccountId, rejected?: VersionedRecord) {
    // Longer than the life of a lock whose process was killed.
    const giveUpAtMs = performance.now() + lockLifeMs + marginMs;
    while (performance.now() < giveUpAtMs) {
      const refreshed = await rotations.run(() => refreshUnlessLocked(account, rejected));
      if (refreshed !== undefined) return refreshed;
      await sleep(pollMs);
      const versioned = await read(account);
      if (isUsable(versioned, rejected)) return versioned;
    }
    throw new UpstreamUnavailableError("Another process is still refreshing the tokens");
  });
}
