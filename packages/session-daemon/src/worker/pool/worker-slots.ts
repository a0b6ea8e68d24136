import type { AccountId } from "@fjmcp/shared/ids";
import { allWorkersBusy, connectionEnded } from "../calls/call-errors.ts";

/** The right to have one process. Held from before the spawn until the process group is gone. */
export interface WorkerSlot {
  /** The worker in this slot: from now on it may be evicted while idle. */
  occupy(worker: SlotOccupant): void;
  /** To be called once; the slot goes to the first request in the queue. */
  release(): void;
}

export interface SlotOccupant {
  readonly idleSinceMs: number | undefined;
  end(): Promise<void>;
}

interface Slot {
  readonly accountId: AccountId;
  occupant: SlotOccupant | undefined;
  isEvicted: boolean;
}

interface Waiter {
  readonly accountId: AccountId;
  readonly waitsForBusy: boolean;
  readonly exempt: SlotOccupant | undefined;
  /** The slot of the idle worker that is evicted for this request. */
  evicted: Slot | undefined;
  readonly onSlot: (slot: WorkerSlot) => void;
  readonly onBusy: () => void;
}

/**
 * Keeps the number of processes within the limits. At a limit the worker that has been idle longest is evicted; only
 * when none is idle does a request wait, first come first served.
 */
export class WorkerSlots {
  readonly #limits: { readonly total: number; readonly perAccount: number };
  readonly #slots = new Set<Slot>();
  readonly #waiters = new Set<Waiter>();

  constructor(limits: { total: number; perAccount: number }) {
    this.#limits = limits;
  }

  /**
   * Rejects with CallError when no slot becomes free within `queueTimeoutMs`, and on an aborted signal. With
   * `waitsForBusy` false it also rejects as soon as no idle worker can be evicted. `exempt` never is.
   */
  acquire(
    accountId: AccountId,
    wait: { waitsForBusy: boolean; exempt: SlotOccupant | undefined; queueTimeoutMs: number },
    signal: AbortSignal,
  ): Promise<WorkerSlot> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.#waiters.delete(waiter);
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      };
      const fail = (error: Error) => {
        settle();
        reject(error);
      };
      const onAbort = () => fail(connectionEnded());
      const waiter: Waiter = {
        accountId,
        waitsForBusy: wait.waitsForBusy,
        exempt: wait.exempt,
        evicted: undefined,
        onSlot: (slot) => {
          settle();
          resolve(slot);
        },
        onBusy: () => fail(allWorkersBusy()),
      };
      const timer = setTimeout(waiter.onBusy, wait.queueTimeoutMs);
      signal.addEventListener("abort", onAbort);
      this.#waiters.add(waiter);
      if (signal.aborted) onAbort();
      else this.serveWaiting();
    });
  }

  /** To be called when a worker may have become idle. Costs nothing while no request waits. */
  serveWaiting(): void {
    for (const waiter of this.#waiters) {
      if (this.#hasRoom(waiter.accountId)) waiter.onSlot(this.#take(waiter.accountId));
      else this.#makeRoom(waiter);
    }
  }

  #makeRoom(waiter: Waiter): void {
    if (waiter.evicted !== undefined) return;
    const idle = this.#longestIdle(waiter);
    if (idle !== undefined) {
      idle.isEvicted = true;
      waiter.evicted = idle;
      void idle.occupant?.end();
    } else if (!waiter.waitsForBusy) {
      waiter.onBusy();
    }
  }

  #longestIdle({ accountId, exempt }: Waiter): Slot | undefined {
    const isAccountFull = this.#isAccountFull(accountId);
    let longest: Slot | undefined;
    for (const slot of this.#slots) {
      if (slot.isEvicted || (isAccountFull && slot.accountId !== accountId)) continue;
      if (exempt !== undefined && slot.occupant === exempt) continue;
      const since = slot.occupant?.idleSinceMs;
      if (since !== undefined && since < (longest?.occupant?.idleSinceMs ?? Infinity)) longest = slot;
    }
    return longest;
  }

  #take(accountId: AccountId): WorkerSlot {
    const slot: Slot = { accountId, occupant: undefined, isEvicted: false };
    this.#slots.add(slot);
    return {
      occupy: (worker) => {
        slot.occupant = worker;
        this.serveWaiting();
      },
      release: () => {
        this.#slots.delete(slot);
        for (const waiter of this.#waiters) if (waiter.evicted === slot) waiter.evicted = undefined;
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
