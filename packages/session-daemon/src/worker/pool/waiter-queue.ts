import type { AccountId } from "@fjmcp/shared/ids";
import type { AuthenticatedCaller } from "../../auth/authenticated-caller.ts";
import type { CallError } from "../call.ts";
import type { WorkerWaiter } from "./queued-call.ts";
import type { ReadyWorker } from "./start-worker.ts";

/** How many calls of each account wait for a worker, over all its grants. */
export type WaitingByAccount = Map<AccountId, number>;

/** The calls of one grant that wait for a worker. */
export class WaiterQueue {
  readonly #byAccount: WaitingByAccount;
  /** With the caller of each: its access token is not kept longer than that. */
  readonly #waiters = new Map<WorkerWaiter, AuthenticatedCaller>();

  /** `byAccount` is shared by the queues of all grants. */
  constructor(byAccount: WaitingByAccount) {
    this.#byAccount = byAccount;
  }

  get size(): number {
    return this.#waiters.size;
  }

  /** How many wait over all grants of the account. */
  ofAccount(accountId: AccountId): number {
    return this.#byAccount.get(accountId) ?? 0;
  }

  /** The caller that has waited longest. */
  get first(): AuthenticatedCaller | undefined {
    const [first] = this.#waiters.values();
    return first;
  }

  add(waiter: WorkerWaiter, caller: AuthenticatedCaller): void {
    this.#waiters.set(waiter, caller);
    this.#byAccount.set(caller.accountId, this.ofAccount(caller.accountId) + 1);
  }

  delete(waiter: WorkerWaiter): void {
    const caller = this.#waiters.get(waiter);
    if (caller === undefined) return;
    this.#waiters.delete(waiter);
    const left = this.ofAccount(caller.accountId) - 1;
    if (left > 0) this.#byAccount.set(caller.accountId, left);
    else this.#byAccount.delete(caller.accountId);
  }

  /** Fails the waiters that must not run any more. */
  async recheck(): Promise<void> {
    await Promise.all(
      Array.from(this.#waiters.keys(), async (waiter) => {
        const error = await waiter.recheck?.();
        if (error === undefined || !this.#waiters.has(waiter)) return;
        this.delete(waiter);
        waiter.onFailed(error);
      }),
    );
  }

  serveAll(ready: ReadyWorker): void {
    for (const waiter of this.#take(() => true)) waiter.onReady(ready);
  }

  /** Fails the waiters whose caller matches. */
  fail(error: CallError, matches: (caller: AuthenticatedCaller) => boolean = () => true): void {
    for (const waiter of this.#take(matches)) waiter.onFailed(error);
  }

  /** Removes them all before the first is called back. */
  #take(matches: (caller: AuthenticatedCaller) => boolean): WorkerWaiter[] {
    const taken = [...this.#waiters].filter(([, caller]) => matches(caller)).map(([waiter]) => waiter);
    for (const waiter of taken) this.delete(waiter);
    return taken;
  }
}
