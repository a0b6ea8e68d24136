import type { AccountId } from "@fjmcp/shared/ids";
import { allWorkersBusy, connectionEnded, tooManyQueued } from "../calls/call-errors.ts";
import { SlotHolders, type Slot, type SlotOccupant } from "./slot-holders.ts";
import { SlotQueue, type SlotRequest, type SlotRequests } from "./slot-queue.ts";

/** The right to have one process. Held from before the spawn until the process group is gone. */
export interface WorkerSlot {
  /** The worker in this slot: from now on it may have to make room for others. */
  occupy(worker: SlotOccupant): void;
  /** To be called once; the slot goes to the account whose turn it is. */
  release(): void;
}

interface SlotLimits {
  readonly total: number;
  readonly perAccount: number;
}

/** Requests in the queue. A client in a loop would fill the daemon's memory. */
const maxQueuedPerAccount = 128;
/** The part of all slots that is kept for accounts without a worker: one in ten. */
const reservedPart = 10;
/** While requests wait: an occupant may become idle with time alone. */
const lookAgainMs = 500;

/**
 * Keeps the number of processes within the limits, fair by account. The account with the fewest workers gets the next
 * slot, equal ones in turn; the one with the most gives first. A worker that has been idle longest is evicted; when
 * none is idle, a busy one retires for an account that has fewer workers by two. The last tenth of the slots goes to
 * accounts without a worker, because a busy worker may take as long as a call.
 */
export class WorkerSlots {
  readonly #limits: SlotLimits;
  readonly #holders = new SlotHolders();
  readonly #queue = new SlotQueue();
  #willLookAgain = false;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /**
   * Rejects with CallError when no slot becomes free within `queueTimeoutMs`, when the account has 128 requests in the
   * queue, and on an aborted signal. With `waitsForBusy` false it also rejects as soon as no idle worker can be evicted.
   * `exempt` never makes room.
   */
  acquire(
    accountId: AccountId,
    wait: { waitsForBusy: boolean; exempt: SlotOccupant | undefined; queueTimeoutMs: number },
    signal: AbortSignal,
  ): Promise<WorkerSlot> {
    return new Promise((resolve, reject) => {
      if (this.#queue.count(accountId) >= maxQueuedPerAccount) {
        reject(tooManyQueued(maxQueuedPerAccount));
        return;
      }
      const settle = () => {
        this.#queue.delete(request);
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      };
      const fail = (error: Error) => {
        settle();
        reject(error);
      };
      const onAbort = () => fail(connectionEnded());
      const request: SlotRequest = {
        accountId,
        waitsForBusy: wait.waitsForBusy,
        exempt: wait.exempt,
        giver: undefined,
        onSlot: () => {
          settle();
          resolve(this.#take(accountId));
        },
        onBusy: () => fail(allWorkersBusy()),
      };
      const timer = setTimeout(request.onBusy, wait.queueTimeoutMs);
      signal.addEventListener("abort", onAbort);
      this.#queue.add(request);
      if (signal.aborted) onAbort();
      else this.serveWaiting();
    });
  }

  /** Whether all slots are taken. */
  get isFull(): boolean {
    return this.#holders.size >= this.#limits.total;
  }

  /** A slot that is free now; undefined when there is none or a request waits. No worker makes room for it. */
  acquireFree(accountId: AccountId): WorkerSlot | undefined {
    return this.#queue.isEmpty && this.#hasRoom(accountId) ? this.#take(accountId) : undefined;
  }

  /** To be called when a worker may have become idle. Costs nothing while no request waits. */
  serveWaiting(): void {
    if (this.#queue.isEmpty) return;
    for (;;) {
      const [next] = this.#inTurn().find(([{ accountId }]) => this.#hasRoom(accountId)) ?? [];
      if (next === undefined) break;
      this.#queue.moveToEnd(next.accountId);
      next.onSlot();
    }
    for (const requests of this.#inTurn()) this.#makeRoomFor(requests);
    if (!this.#queue.isEmpty && !this.#willLookAgain) this.#lookAgain();
  }

  #lookAgain(): void {
    this.#willLookAgain = true;
    setTimeout(() => {
      this.#willLookAgain = false;
      this.serveWaiting();
    }, lookAgainMs).unref();
  }

  /** The waiting requests by account, that of the account with the fewest workers first. */
  #inTurn(): SlotRequests[] {
    return this.#queue.inTurn((accountId) => this.#holders.kept(accountId));
  }

  /** The requests of one account: where one finds nothing that can make room, the later ones would not either. */
  #makeRoomFor(requests: SlotRequests): void {
    let isPossible = true;
    for (const request of requests) {
      if (isPossible || !request.waitsForBusy) isPossible = this.#makeRoom(request);
    }
  }

  /** Has a worker end or retire, at most one of each for a request. False when none can. */
  #makeRoom(request: SlotRequest): boolean {
    if (request.giver?.isEvicted === true) return true;
    const { accountId, exempt } = request;
    const count = this.#holders.kept(accountId) + this.#queue.promised(accountId);
    const isFull = Math.max(count, this.#holders.held(accountId)) >= this.#limits.perAccount;
    const idle = this.#holders.idleToEvict(isFull ? accountId : undefined, exempt);
    if (idle !== undefined) this.#evict(request, idle);
    else if (!request.waitsForBusy) request.onBusy();
    else if (request.giver === undefined && !isFull) this.#retireFor(request, count);
    return request.giver !== undefined;
  }

  #evict(request: SlotRequest, slot: Slot): void {
    request.giver = slot;
    slot.isEvicted = true;
    void slot.occupant?.end();
  }

  /** `count`: the workers that the account has and is to get. */
  #retireFor(request: SlotRequest, count: number): void {
    const busy = this.#holders.busyToRetire(count);
    if (busy === undefined) return;
    request.giver = busy;
    busy.isRetiring = true;
    busy.occupant?.retire();
  }

  #take(accountId: AccountId): WorkerSlot {
    const slot = this.#holders.add(accountId);
    return {
      occupy: (worker) => {
        slot.occupant = worker;
        this.serveWaiting();
      },
      release: () => {
        this.#holders.delete(slot);
        this.#queue.clearGiver(slot);
        this.serveWaiting();
      },
    };
  }

  #hasRoom(accountId: AccountId): boolean {
    const held = this.#holders.held(accountId);
    const reserved = held === 0 ? 0 : Math.floor(this.#limits.total / reservedPart);
    return held < this.#limits.perAccount && this.#holders.size + reserved < this.#limits.total;
  }
}
