import type { AccountId } from "@fjmcp/shared/ids";
import type { Slot, SlotOccupant } from "./slot-holders.ts";

/** Waits for a slot. One of the two callbacks is called, once. */
export interface SlotRequest {
  readonly accountId: AccountId;
  /** False: fails when no idle worker can be evicted. */
  readonly waitsForBusy: boolean;
  readonly exempt: SlotOccupant | undefined;
  /** The slot that makes room for this request. */
  giver: Slot | undefined;
  readonly onSlot: () => void;
  readonly onBusy: () => void;
}

/** Those of one account, in the order of their arrival. */
export type SlotRequests = readonly [SlotRequest, ...SlotRequest[]];

/** The requests for a slot, by account: one account's many requests delay no other account. */
export class SlotQueue {
  /** In the order in which the accounts have their turn. */
  readonly #byAccount = new Map<AccountId, Set<SlotRequest>>();

  get isEmpty(): boolean {
    return this.#byAccount.size === 0;
  }

  count(accountId: AccountId): number {
    return this.#byAccount.get(accountId)?.size ?? 0;
  }

  add(request: SlotRequest): void {
    const own = this.#byAccount.get(request.accountId);
    if (own === undefined) this.#byAccount.set(request.accountId, new Set([request]));
    else own.add(request);
  }

  /** The slot that makes room for it does so for another request from now on. */
  delete(request: SlotRequest): void {
    const own = this.#byAccount.get(request.accountId);
    if (own?.delete(request) !== true) return;
    if (own.size === 0) this.#byAccount.delete(request.accountId);
    if (request.giver === undefined) return;
    for (const requests of this.#byAccount.values())
      for (const heir of requests) if (heir.giver === undefined) return void (heir.giver = request.giver);
  }

  /** The account has had its turn. */
  moveToEnd(accountId: AccountId): void {
    const own = this.#byAccount.get(accountId);
    if (own === undefined) return;
    this.#byAccount.delete(accountId);
    this.#byAccount.set(accountId, own);
  }

  /** The requests by account: of the account with the lowest `rank` first, of equal ones in turn. */
  inTurn(rank: (accountId: AccountId) => number): SlotRequests[] {
    return Array.from(this.#byAccount, ([accountId, requests]) => ({ rank: rank(accountId), requests }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ requests }) => Array.from(requests) as unknown as SlotRequests);
  }

  /** For how many requests of the account a slot makes room. */
  promised(accountId: AccountId): number {
    let count = 0;
    for (const { giver } of this.#byAccount.get(accountId) ?? []) if (giver !== undefined) count++;
    return count;
  }

  /** The slot is free: a request that it made room for may need another. */
  clearGiver(slot: Slot): void {
    for (const requests of this.#byAccount.values())
      for (const request of requests) if (request.giver === slot) request.giver = undefined;
  }
}
