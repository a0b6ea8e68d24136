import type { AccountId } from "@fjmcp/shared/ids";

/**
 * Turns for work that keeps the event loop busy for milliseconds: one in each iteration of the event loop, so that
 * everything else that has arrived is served between two of them. Accounts with waiting work alternate.
 */
export class AccountTurns {
  /** Each account's waiting work, never empty, in the order in which the accounts get their next turn. */
  readonly #waiting = new Map<AccountId, (() => void)[]>();

  /** Resolves at the account's next turn. The turn lasts until the caller's next asynchronous step. */
  next(accountId: AccountId): Promise<void> {
    return new Promise((resolve) => {
      if (this.#waiting.size === 0) setImmediate(this.#start);
      const turns = this.#waiting.get(accountId);
      if (turns === undefined) this.#waiting.set(accountId, [resolve]);
      else turns.push(resolve);
    });
  }

  readonly #start = () => {
    const [next] = this.#waiting;
    if (next === undefined) return;
    const [accountId, [resolve, ...later]] = next;
    this.#waiting.delete(accountId);
    if (later.length > 0) this.#waiting.set(accountId, later);
    // An immediate that is set by an immediate runs in the next iteration.
    if (this.#waiting.size > 0) setImmediate(this.#start);
    resolve?.();
  };
}
