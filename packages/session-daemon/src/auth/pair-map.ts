import type { AccountId } from "@fjmcp/shared/ids";
import { EntriesByAccount } from "../entries-by-account.ts";

interface Entry<Value> {
  readonly first: string;
  readonly second: string;
  readonly accountId: AccountId;
  readonly value: Value;
}

/**
 * A map whose keys are pairs of strings, with at most `maxSize` entries; a full one evicts the oldest entry of the
 * account that has the most. It nests two maps: V8 stores the hash of a string that is a header's value, but would hash a
 * key joined of both parts anew for every lookup.
 */
export class PairMap<Value> {
  readonly #maxSize: number;
  readonly #accountOf: (value: Value) => AccountId;
  readonly #byFirst = new Map<string, Map<string, Entry<Value>>>();
  readonly #byAccount = new EntriesByAccount<Entry<Value>>();

  constructor(maxSize: number, accountOf: (value: Value) => AccountId) {
    this.#maxSize = maxSize;
    this.#accountOf = accountOf;
  }

  get size(): number {
    return this.#byAccount.size;
  }

  get(first: string, second: string): Value | undefined {
    return this.#byFirst.get(first)?.get(second)?.value;
  }

  set(first: string, second: string, value: Value): void {
    this.delete(first, second);
    const evicted = this.size < this.#maxSize ? undefined : this.#byAccount.toEvict();
    if (evicted !== undefined) this.delete(evicted.first, evicted.second);
    const entry = { first, second, accountId: this.#accountOf(value), value };
    this.#byAccount.add(entry.accountId, entry);
    const bySecond = this.#byFirst.get(first);
    if (bySecond === undefined) this.#byFirst.set(first, new Map([[second, entry]]));
    else bySecond.set(second, entry);
  }

  /** Deletes the entries whose values match. */
  deleteAll(matches: (value: Value) => boolean): void {
    for (const bySecond of this.#byFirst.values())
      for (const { first, second, value } of bySecond.values())
        if (matches(value)) this.delete(first, second);
  }

  /** Deletes the entry; no key stays behind without a value. */
  delete(first: string, second: string): void {
    const bySecond = this.#byFirst.get(first);
    const entry = bySecond?.get(second);
    if (bySecond === undefined || entry === undefined) return;
    bySecond.delete(second);
    if (bySecond.size === 0) this.#byFirst.delete(first);
    this.#byAccount.delete(entry.accountId, entry);
  }
}
