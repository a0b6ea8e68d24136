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

const userCheckEverySec = 60;
/** New tokens are always tried, but not by every process that waited for them. */
const userCheckAfterRefreshSec = 1;

export function createUpstreamTokenService(deps: {
  vault: Vault;
  store: Pick<UpstreamRecordStore, "claimUserCheck">;
  refresh: TokenRefresh;
  checkUser: UserCheck;
  checkScope: ScopeCheck;
  dead: UpstreamInvalidation;
  clock: Clock;
  events: AuditEvents;
  /** How long a caller waits for new tokens while the old one is still good. */
  patienceMs: number;
}): UpstreamTokens {
  const { vault, store, dead, clock, events, patienceMs } = deps;

  async function fresh(account: AccountId): Promise<UpstreamToken> {
    const held = (await vault.read(account)) ?? (await dead.absent(account));
    if (!isPastHalfLife(held.record, clock())) {
      return token(account, await userChecked(account, held, userCheckEverySec));
    }
    const refreshing = refreshed(account, held);
    if ((await settlesWithin(refreshing, patienceMs)) || hasExpired(held.record, clock())) return refreshing;
    // It goes on: only this caller waits no longer.
    refreshing.catch((error: Error) => {
      events.upstreamUnavailable({ accountId: account, error });
    });
    return token(account, held);
  }

  async function refreshed(account: AccountId, held: VersionedRecord): Promise<UpstreamToken> {
    const refreshed = await unlessUnavailable(account, () => deps.refresh(account));
    if (refreshed !== undefined) {
      return token(account, await userChecked(account, refreshed, userCheckAfterRefreshSec));
    }
    if (!hasExpired(held.record, clock())) return token(account, held);
    throw new UpstreamUnavailableError("The token has expired, and Forgejo can not be asked for another");
  }

  async function userChecked(
    account: AccountId,
    held: VersionedRecord,
    everySec: number,
  ): Promise<VersionedRecord> {
    if (!(await store.claimUserCheck(account, clock() / 1000, everySec))) return held;
    const checked = await unlessUnavailable(account, () => deps.checkUser(account, held));
    return checked?.held ?? held;
  }

  async function token(account: AccountId, { record }: VersionedRecord): Promise<UpstreamToken> {
    const { accessToken, issuedAtSec, expiresAtSec } = record;
    return { accessToken, issuedAtSec, expiresAtSec, scope: await knownScope(account, record) };
  }

  /** A login that broke off after its exchange left tokens whose scope nobody has looked at yet. */
  async function knownScope(account: AccountId, record: UpstreamRecord): Promise<string> {
    if (record.scope !== undefined) return record.scope;
    const scope = await unlessUnavailable(account, () => deps.checkScope(account, record.accessToken));
    if (scope === undefined) throw new UpstreamUnavailableError("Nobody knows what the tokens may do");
    return scope;
  }

  /** Undefined, and logged, when Forgejo can not be asked or an administrator must act first. */
  async function unlessUnavailable<T>(account: AccountId, ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
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
