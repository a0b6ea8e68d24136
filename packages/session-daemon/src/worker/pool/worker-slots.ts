import type { AccountId } from "@fjmcp/shared/ids";
import { allWorkersBusy, connectionEnded } from "../calls/call-errors.ts";

/** The right to have one process. Held from before the spawn until the process group is gone. */
export interface WorkerSlot {
  /** Who sits in it: from now on it may be asked to leave for somebody else while idle. */
  occupy(worker: SlotOccupant): void;
  /** Once; gives the slot to who waits longest. */
  release(): void;
}

export interface SlotOccupant {
  readonly idleSinceMs: number | undefined;
  end(): Promise<void>;
}

interface Slot {
  readonly accountId: AccountId;
  occupant: SlotOccupant | undefined;
  isLeaving: boolean;
}

interface Waiter {
  readonly accountId: AccountId;
  readonly waitsForBusy: boolean;
  readonly spared: SlotOccupant | undefined;
  /** The idle worker that leaves for this waiter. */
  leaving: Slot | undefined;
  readonly give: (slot: WorkerSlot) => void;
  readonly refuse: () => void;
}

/**
 * Keeps the number of processes within the limits. At a limit the longest idle worker leaves; only when none is idle
 * does a request wait, first come first served.
 */
export class WorkerSlots {
  readonly #limits: { readonly total: number; readonly perAccount: number };
  readonly #slots = new Set<Slot>();
  readonly #waiters = new Set<Waiter>();

  constructor(limits: { total: number; perAccount: number }) {
    this.#limits = limits;
  }

  /**
   * Rejects with CallError when no slot came free within `queueTimeoutMs`, or with the signal. With `waitsForBusy`
   * false it also rejects as soon as no idle worker could make room. `spared` never has to.
   */
  acquire(
    accountId: AccountId,
    wait: { waitsForBusy: boolean; spared: SlotOccupant | undefined; queueTimeoutMs: number },
    signal: AbortSignal,
  ): Promise<WorkerSlot> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.#waiters.delete(waiter);
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
      };
      const refuse = (error: Error) => {
        settle();
        reject(error);
      };
      const abort = () => refuse(connectionEnded());
      const waiter: Waiter = {
        accountId,
        waitsForBusy: wait.waitsForBusy,
        spared: wait.spared,
        leaving: undefined,
        give: (slot) => {
          settle();
          resolve(slot);
        },
        refuse: () => refuse(allWorkersBusy()),
      };
      const timer = setTimeout(waiter.refuse, wait.queueTimeoutMs);
      signal.addEventListener("abort", abort);
      this.#waiters.add(waiter);
      if (signal.aborted) abort();
      else this.serveWaiting();
    });
  }

  /** To be called when a worker may have become idle. Costs nothing while nobody waits. */
  serveWaiting(): void {
    for (const waiter of this.#waiters) {
      if (this.#hasRoom(waiter.accountId)) waiter.give(this.#take(waiter.accountId));
      else this.#makeRoom(waiter);
    }
  }

  #makeRoom(waiter: Waiter): void {
    if (waiter.leaving !== undefined) return;
    const idle = this.#longestIdle(waiter);
    if (idle !== undefined) {
      idle.isLeaving = true;
      waiter.leaving = idle;
      void idle.occupant?.end();
    } else if (!waiter.waitsForBusy) {
      waiter.refuse();
    }
  }

  #longestIdle({ accountId, spared }: Waiter): Slot | undefined {
    const isAccountFull = this.#isAccountFull(accountId);
    let longest: Slot | undefined;
    for (const slot of this.#slots) {
      if (slot.isLeaving || (isAccountFull && slot.accountId !== accountId)) continue;
      if (spared !== undefined && slot.occupant === spared) continue;
      const since = slot.occupant?.idleSinceMs;
      if (since !== undefined && since < (longest?.occupant?.idleSinceMs ?? Infinity)) longest = slot;
    }
    return longest;
  }

  #take(accountId: AccountId): WorkerSlot {
    const slot: Slot = { accountId, occupant: undefined, isLeaving: false };
    this.#slots.add(slot);
    return {
      occupy: (worker) => {
        slot.occupant = worker;
        this.serveWaiting();
      },
      release: () => {
        this.#slots.delete(slot);
        for (const waiter of this.#waiters) if (waiter.leaving === slot) waiter.leaving = undefined;
        this.serveWaiting();
      },
    };
  }

  #hasRoom(accountId: AccountId): boolean {
    return this.#slots.size < this.#limits.total && !this.#isAccountFull(accountId);
  }

  #isAccountFull(accountId: AccountId): boolean {
    let count = 0;
    for (const slot of this.#slots) if (slot.accountId === accountId) count++;
    return count >= this.#limits.perAccount;
  }
}
