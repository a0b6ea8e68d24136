import type { AccountId } from "@fjmcp/shared/ids";

/**
 * The entries of a bounded table by account, in the order in which they were added, so that an account that fills the
 * table evicts its own entries and no other account's.
 */
export class EntriesByAccount<Entry> {
  readonly #byAccount = new Map<AccountId, Set<Entry>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  of(accountId: AccountId): Iterable<Entry> {
    return this.#byAccount.get(accountId) ?? [];
  }

  add(accountId: AccountId, entry: Entry): void {
    let own = this.#byAccount.get(accountId);
    if (own === undefined) this.#byAccount.set(accountId, (own = new Set()));
    if (own.has(entry)) return;
    own.add(entry);
    this.#size++;
  }

  delete(accountId: AccountId, entry: Entry): void {
    const own = this.#byAccount.get(accountId);
    if (own?.delete(entry) !== true) return;
    this.#size--;
    if (own.size === 0) this.#byAccount.delete(accountId);
  }

  /** The oldest entry that may be evicted of the account that has the most entries, or else of the next one. */
  toEvict(mayEvict: (entry: Entry) => boolean = () => true): Entry | undefined {
    const largestFirst = [...this.#byAccount.values()].sort((a, b) => b.size - a.size);
    for (const entries of largestFirst) {
      for (const entry of entries) if (mayEvict(entry)) return entry;
    }
    return undefined;
  }
}
