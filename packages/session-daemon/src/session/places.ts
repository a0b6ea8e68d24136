/** What can be kept in a `Places`, in one at a time. */
export interface Placed {
  /** Written by `Places` alone. */
  place: number | undefined;
}

/**
 * A set of what is in flight, for thousands that come and go each second. A Set makes another table every few of them, and
 * its old tables keep what they held alive until the next full collection.
 */
export class Places<Item extends Placed> {
  readonly #items: (Item | undefined)[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#items.length - this.#free.length;
  }

  add(item: Item): void {
    item.place ??= this.#free.pop() ?? this.#items.length;
    this.#items[item.place] = item;
  }

  /** Nothing happens to one that is not there. */
  delete(item: Item): void {
    const { place } = item;
    if (place === undefined) return;
    item.place = undefined;
    this.#items[place] = undefined;
    this.#free.push(place);
  }

  all(): Item[] {
    return this.#items.filter((item) => item !== undefined);
  }
}
