import type { AccountId, Hash } from "@fjmcp/shared/ids";
import { EntriesByAccount } from "../entries-by-account.ts";

/** Beyond this many, the oldest of the account that has the most is removed: its next use prolongs it once more. */
const maxSessions = 10_000;

/** When each session was last prolonged, for the sessions of the last `recentMs`. Times are of the daemon's clock. */
export class TouchTimes {
  readonly #recentMs: number;
  readonly #touched = new Map<Hash, { accountId: AccountId; atMs: number }>();
  readonly #byAccount = new EntriesByAccount<Hash>();

  constructor(recentMs: number) {
    this.#recentMs = recentMs;
  }

  get size(): number {
    return this.#touched.size;
  }

  isRecent(session: Hash, nowMs: number): boolean {
    return nowMs - (this.#touched.get(session)?.atMs ?? -Infinity) < this.#recentMs;
  }

  set(session: Hash, accountId: AccountId, atMs: number): void {
    this.delete(session);
    const evicted = this.size < maxSessions ? undefined : this.#byAccount.toEvict();
    if (evicted !== undefined) this.delete(evicted);
    this.#touched.set(session, { accountId, atMs });
    this.#byAccount.add(accountId, session);
  }

  delete(session: Hash): void {
    const touched = this.#touched.get(session);
    if (touched === undefined) return;
    this.#touched.delete(session);
    this.#byAccount.delete(touched.accountId, session);
  }

  /** Removes the sessions that are not recent any more. */
  prune(nowMs: number): void {
    for (const session of this.#touched.keys()) if (!this.isRecent(session, nowMs)) this.delete(session);
  }
}
