import { setTimeout as sleep } from "node:timers/promises";
import type { AccountId } from "@fjmcp/shared/ids";
import type { Clock } from "@fjmcp/shared/clock";
import type { FailureReport } from "./failure-report.ts";
import type { ForgejoUser } from "../forgejo/forgejo-client.ts";
import type { UpstreamInvalidation } from "./upstream-invalidation.ts";
import type { ScopeCheck } from "./scope-check.ts";
import { ExcessiveScopeError } from "../errors/excessive-scope-error.ts";
import { singleFlight } from "@fjmcp/shared/single-flight";
import type { TokenRefresh } from "./token-refresh.ts";
import { UpstreamMisconfiguredError } from "../errors/upstream-misconfigured-error.ts";
import type { UpstreamRecordStore } from "../vault/upstream-record-store.ts";
import { hasExpired, isPastHalfLife, type UpstreamRecord } from "../vault/upstream-record.ts";
import type { UpstreamToken, UpstreamTokens } from "./upstream-tokens.ts";
import { UpstreamUnavailableError } from "../errors/upstream-unavailable-error.ts";
import { UserSuspendedError } from "../errors/user-suspended-error.ts";
import type { UserCheck } from "./user-check.ts";
import type { VersionedRecord, Vault } from "../vault/vault.ts";

/** Seconds between two checks of an account's user at Forgejo. */
const userCheckEverySec = 60;
/** The same for new tokens: they are checked at once, but not by every process that waited for them. */
const userCheckAfterRefreshSec = 1;

/** Gives out Forgejo tokens: refreshes them, checks their user at intervals or on request, and their scope once. */
export function createUpstreamTokenService(deps: {
  vault: Vault;
  store: Pick<UpstreamRecordStore, "claimUserCheck" | "releaseUserCheck">;
  refresh: TokenRefresh;
  checkUser: UserCheck;
  checkScope: ScopeCheck;
  invalidation: UpstreamInvalidation;
  clock: Clock;
  report: FailureReport;
  /** How long a caller waits for a refresh while the old token has not expired. */
  refreshWaitMs: number;
}): UpstreamTokens {
  const { vault, store, invalidation, clock, report, refreshWaitMs } = deps;

  async function fresh(account: AccountId): Promise<UpstreamToken> {
    const versioned = (await vault.read(account)) ?? (await invalidation.handleMissing(account));
    if (!isPastHalfLife(versioned.record, clock())) {
      return token(account, await userChecked(account, versioned, userCheckEverySec));
    }
    const refreshing = refreshed(account, versioned);
    if ((await settlesWithin(refreshing, refreshWaitMs)) || hasExpired(versioned.record, clock()))
      return refreshing;
    // The refresh continues; only this caller stops waiting for it.
    refreshing.catch((error: Error) => report(account, error));
    return token(account, versioned);
  }

  async function refreshed(account: AccountId, versioned: VersionedRecord): Promise<UpstreamToken> {
    let latest: VersionedRecord;
    try {
      latest = await deps.refresh(account);
    } catch (error) {
      const isMisconfigured = error instanceof UpstreamMisconfiguredError;
      if (!isMisconfigured && !(error instanceof UpstreamUnavailableError)) throw error;
      report(account, error);
      if (hasExpired(versioned.record, clock())) throw error;
      // The tokens end with a deleted application, but not with a changed secret.
      if (isMisconfigured) await userChecked(account, versioned, userCheckEverySec);
      return token(account, versioned);
    }
    return token(account, await userChecked(account, latest, userCheckAfterRefreshSec));
  }

  /** Checks the user, unless that was done less than `everySec` ago. While Forgejo is unavailable, tokens are used. */
  async function userChecked(
    account: AccountId,
    versioned: VersionedRecord,
    everySec: number,
  ): Promise<VersionedRecord> {
    const nowSec = clock() / 1000;
    const isRecent = nowSec - versioned.checkedSec < everySec;
    if (isRecent || !(await store.claimUserCheck(account, nowSec, everySec))) return versioned;
    try {
      return (await checkUser(account, versioned)).versioned;
    } catch (error) {
      if (!(error instanceof UpstreamUnavailableError)) throw error;
      report(account, error);
      return versioned;
    }
  }

  /** As UserCheck. What an administrator or the user can mend is checked again at the next occasion. */
  async function checkUser(account: AccountId, versioned: VersionedRecord) {
    try {
      return await deps.checkUser(account, versioned);
    } catch (error) {
      if (error instanceof UserSuspendedError || error instanceof UpstreamMisconfiguredError) {
        report(account, error);
        await store.releaseUserCheck(account);
      }
      throw error;
    }
  }

  async function check(account: AccountId): Promise<void> {
    await userNow(account);
  }

  async function isAdministrator(account: AccountId): Promise<boolean> {
    const user = await userNow(account);
    if (user === undefined) throw new UpstreamUnavailableError("The tokens have expired during the check");
    return user.isAdministrator;
  }

  async function userNow(account: AccountId): Promise<ForgejoUser | undefined> {
    const stored = (await vault.read(account)) ?? (await invalidation.handleMissing(account));
    const versioned = hasExpired(stored.record, clock()) ? await refreshNow(account) : stored;
    await store.claimUserCheck(account, clock() / 1000, 0);
    return (await checkUser(account, versioned)).user;
  }

  async function refreshNow(account: AccountId): Promise<VersionedRecord> {
    try {
      return await deps.refresh(account);
    } catch (error) {
      report(account, error as Error);
      throw error;
    }
  }

  async function token(account: AccountId, { record }: VersionedRecord): Promise<UpstreamToken> {
    const { accessToken, issuedAtSec, expiresAtSec } = record;
    await requireCheckedScope(account, record);
    return { accessToken, issuedAtSec, expiresAtSec };
  }

  /** The scope is unknown when a login failed after its code exchange, before the scope was checked. */
  async function requireCheckedScope(account: AccountId, record: UpstreamRecord): Promise<void> {
    if (record.scope !== undefined) return;
    try {
      await deps.checkScope(account, record.accessToken);
    } catch (error) {
      const isExcessive = error instanceof ExcessiveScopeError;
      const fault = isExcessive ? new UpstreamMisconfiguredError(error.message, { cause: error }) : error;
      if (fault instanceof UpstreamMisconfiguredError) report(account, fault);
      throw fault;
    }
  }

  const freshOnce = singleFlight(fresh);

  return {
    fresh: freshOnce,
    async keepFresh(account, { checkedSec, renewAtSec } = { checkedSec: 0, renewAtSec: 0 }) {
      const nowSec = clock() / 1000;
      const isFresh = nowSec < renewAtSec && nowSec - checkedSec < userCheckEverySec;
      if (!isFresh) await freshOnce(account);
    },
    check: singleFlight(check),
    isAdministrator,
  };
}

/** Whether `work` resolves or rejects within `waitMs`. */
async function settlesWithin(work: Promise<unknown>, waitMs: number): Promise<boolean> {
  const settled = new AbortController();
  const isSettled = work.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([isSettled, sleep(waitMs, false, { signal: settled.signal })]);
  } finally {
    settled.abort();
  }
}
