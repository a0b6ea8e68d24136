import type { AccountId } from "@fjmcp/shared/ids";
import { EntriesByAccount } from "../entries-by-account.ts";

interface Entry {
  readonly key: string;
  readonly accountId: AccountId;
  readonly list: Buffer;
}

interface FilteredListLimits {
  readonly perAccount: number;
  readonly total: number;
  readonly bytes: number;
}

export const filteredListLimits: FilteredListLimits = {
  perAccount: 64,
  total: 1_000,
  bytes: 64 * 1024 * 1024,
};
/** A larger list is not kept. */
const maxShare = 16;

/**
 * Filtered pages of lists by what they were made from: the child's bytes and the policy. So accounts share what is equal.
 * An entry counts for the account that added it first; a full cache evicts an entry of the account that has the most.
 */
export class FilteredLists {
  readonly #limits: FilteredListLimits;
  readonly #entries = new Map<string, Entry>();
  readonly #byAccount = new EntriesByAccount<Entry>();
  #bytes = 0;

  constructor(limits: FilteredListLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Buffer | undefined {
    return this.#entries.get(key)?.list;
  }

  set(key: string, accountId: AccountId, list: Buffer): void {
    const { perAccount, total, bytes } = this.#limits;
    if (this.#entries.has(key) || list.length > bytes / maxShare) return;
    const own = [...this.#byAccount.of(accountId)];
    if (own.length >= perAccount) this.#delete(own[0]!);
    while (this.#entries.size >= total || this.#bytes + list.length > bytes) {
      this.#delete(this.#byAccount.toEvict()!);
    }
    const entry = { key, accountId, list };
    this.#entries.set(key, entry);
    this.#byAccount.add(accountId, entry);
    this.#bytes += list.length;
  }

  #delete(entry: Entry): void {
    this.#entries.delete(entry.key);
    this.#byAccount.delete(entry.accountId, entry);
    this.#bytes -= entry.list.length;
  }
}
