import type { AccountId } from "@fjmcp/shared/ids";

/** A worker, as far as its slot is concerned. */
export interface SlotOccupant {
  /** Undefined for one that is busy, or counts as that for some time after its last call. */
  readonly idleSinceMs: number | undefined;
  /** Ends an idle worker. */
  end(): Promise<void>;
  /** Accepts no further call, finishes those in flight, then ends. */
  retire(): void;
}

export interface Slot {
  readonly accountId: AccountId;
  occupant: SlotOccupant | undefined;
  /** Its idle worker is being ended to make room. */
  isEvicted: boolean;
  /** Its busy worker is retiring to make room. */
  isRetiring: boolean;
}

/** The slots in use, by the account that holds them, and which of them is to make room for others. */
export class SlotHolders {
  /** Each account's slots, in the order of their start. */
  readonly #byAccount = new Map<AccountId, Set<Slot>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The slots of the account, those that are making room included. */
  held(accountId: AccountId): number {
    return this.#byAccount.get(accountId)?.size ?? 0;
  }

  /** The slots of the account that are not making room. */
  kept(accountId: AccountId): number {
    return keptOf(this.#byAccount.get(accountId) ?? []).length;
  }

  add(accountId: AccountId): Slot {
    const slot: Slot = { accountId, occupant: undefined, isEvicted: false, isRetiring: false };
    const own = this.#byAccount.get(accountId);
    if (own === undefined) this.#byAccount.set(accountId, new Set([slot]));
    else own.add(slot);
    this.#size++;
    return slot;
  }

  delete(slot: Slot): void {
    const own = this.#byAccount.get(slot.accountId);
    if (own?.delete(slot) !== true) return;
    this.#size--;
    if (own.size === 0) this.#byAccount.delete(slot.accountId);
  }

  /**
   * The worker that has been idle longest of the account that has the most workers, among those with an idle one. Only
   * of `accountId`, if given; never `exempt`.
   */
  idleToEvict(accountId: AccountId | undefined, exempt: SlotOccupant | undefined): Slot | undefined {
    let best: Slot | undefined;
    let most = 0;
    for (const [holder, slots] of this.#byAccount) {
      if (accountId !== undefined && holder !== accountId) continue;
      const kept = keptOf(slots);
      const idle = longestIdle(kept, exempt);
      if (idle === undefined || kept.length < most) continue;
      if (kept.length === most && idleSince(idle) >= idleSince(best)) continue;
      best = idle;
      most = kept.length;
    }
    return best;
  }

  /** The oldest worker of the account that has the most, if that has at least two more than `count`. */
  busyToRetire(count: number): Slot | undefined {
    let best: Slot | undefined;
    let most = count + 1;
    for (const slots of this.#byAccount.values()) {
      const kept = keptOf(slots);
      const oldest = kept.find(({ occupant }) => occupant !== undefined);
      if (oldest === undefined || kept.length <= most) continue;
      best = oldest;
      most = kept.length;
    }
    return best;
  }
}

function keptOf(slots: Iterable<Slot>): Slot[] {
  return [...slots].filter(({ isEvicted, isRetiring }) => !isEvicted && !isRetiring);
}

function longestIdle(slots: readonly Slot[], exempt: SlotOccupant | undefined): Slot | undefined {
  let longest: Slot | undefined;
  for (const slot of slots) {
    if (slot.occupant === exempt && exempt !== undefined) continue;
    if (idleSince(slot) < idleSince(longest)) longest = slot;
  }
  return longest;
}

/** Infinity for no slot, and for a busy worker. */
function idleSince(slot: Slot | undefined): number {
  return slot?.occupant?.idleSinceMs ?? Infinity;
}
