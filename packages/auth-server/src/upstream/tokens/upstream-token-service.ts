import { setTimeout as sleep } from "node:timers/promises";
import type { AccountId } from "@fjmcp/shared/ids";
import type { Clock } from "@fjmcp/shared/clock";
import type { AuditEvents } from "../../audit-events.ts";
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
import type { UserCheck } from "./user-check.ts";
import type { VersionedRecord, Vault } from "../vault/vault.ts";

/** Seconds between two checks of an account's user at Forgejo. */
const userCheckEverySec = 60;
/** The same for new tokens: they are checked at once, but not by every process that waited for them. */
const userCheckAfterRefreshSec = 1;

/** Gives out Forgejo tokens: refreshes them, checks their user at intervals and their scope once. */
export function createUpstreamTokenService(deps: {
  vault: Vault;
  store: Pick<UpstreamRecordStore, "claimUserCheck">;
  refresh: TokenRefresh;
  checkUser: UserCheck;
  checkScope: ScopeCheck;
  invalidation: UpstreamInvalidation;
  clock: Clock;
  events: AuditEvents;
  /** How long a caller waits for a refresh while the old token has not expired. */
  refreshWaitMs: number;
}): UpstreamTokens {
  const { vault, store, invalidation, clock, events, refreshWaitMs } = deps;

  async function fresh(account: AccountId): Promise<UpstreamToken> {
    const versioned = (await vault.read(account)) ?? (await invalidation.handleMissing(account));
    if (!isPastHalfLife(versioned.record, clock())) {
      return token(account, await userChecked(account, versioned, userCheckEverySec));
    }
    const refreshing = refreshed(account, versioned);
    if ((await settlesWithin(refreshing, refreshWaitMs)) || hasExpired(versioned.record, clock()))
      return refreshing;
    // The refresh continues; only this caller stops waiting for it.
    refreshing.catch((error: Error) => {
      events.upstreamUnavailable({ accountId: account, error });
    });
    return token(account, versioned);
  }

  async function refreshed(account: AccountId, versioned: VersionedRecord): Promise<UpstreamToken> {
    const refreshed = await unlessUnavailable(account, () => deps.refresh(account));
    if (refreshed !== undefined) {
      return token(account, await userChecked(account, refreshed, userCheckAfterRefreshSec));
    }
    if (!hasExpired(versioned.record, clock())) return token(account, versioned);
    throw new UpstreamUnavailableError("The token has expired, and it could not be refreshed");
  }

  async function userChecked(
    account: AccountId,
    versioned: VersionedRecord,
    everySec: number,
  ): Promise<VersionedRecord> {
    if (!(await store.claimUserCheck(account, clock() / 1000, everySec))) return versioned;
    const checked = await unlessUnavailable(account, () => deps.checkUser(account, versioned));
    return checked?.versioned ?? versioned;
  }

  async function token(account: AccountId, { record }: VersionedRecord): Promise<UpstreamToken> {
    const { accessToken, issuedAtSec, expiresAtSec } = record;
    return { accessToken, issuedAtSec, expiresAtSec, scope: await knownScope(account, record) };
  }

  /** The scope is unknown when a login failed after its code exchange, before the scope was checked. */
  async function knownScope(account: AccountId, record: UpstreamRecord): Promise<string> {
    if (record.scope !== undefined) return record.scope;
    const scope = await unlessUnavailable(account, () => deps.checkScope(account, record.accessToken));
    if (scope === undefined) throw new UpstreamUnavailableError("The scope of the tokens is not known");
    return scope;
  }

  /** Undefined, and logged, when Forgejo is unavailable or an administrator must act first. */
  async function unlessUnavailable<T>(account: AccountId, request: () => Promise<T>): Promise<T | undefined> {
    try {
      return await request();
    } catch (error) {
      if (error instanceof UpstreamUnavailableError) {
        events.upstreamUnavailable({ accountId: account, error });
      } else if (error instanceof UpstreamMisconfiguredError || error instanceof ExcessiveScopeError) {
        events.upstreamMisconfigured({ accountId: account, detail: error.message });
      } else {
        throw error;
      }
      return undefined;
    }
  }

  return { fresh: singleFlight(fresh) };
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
