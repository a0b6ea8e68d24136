import type { AccountId } from "@fjmcp/shared/ids";
import type { AuthenticatedCaller } from "../auth/authenticated-caller.ts";
import type { Principal } from "@fjmcp/shared/principal";
import type { WorkerPool } from "../worker/worker-pool.ts";
import { ChildRejectionError } from "./child-rejection-error.ts";
import { SubscriptionLimitError } from "../worker/subscription-limits.ts";
import { maxSubscriptionsPerAccount, type Subscriber, type SubscriptionTable } from "./subscription-table.ts";

/** Subscriptions to the resources of a grant's child (MCP 2025-11-25, "Resources: Subscriptions"). */
export interface ResourceSubscriptions {
  /**
   * Resolves once the child has accepted, with a function that ends the subscription; it may be called more than once.
   * The subscriber gets each `notifications/resources/updated` of the child, also of its later workers. Rejects with
   * CallError, ChildRejectionError or SubscriptionLimitError. The end of the grant ends the subscription.
   */
  subscribe(caller: AuthenticatedCaller, uri: string, subscriber: Subscriber): Promise<() => void>;
}

/** Counts the subscriptions to each resource over a grant: the child gets the first and the end of the last. */
export class SharedResourceSubscriptions implements ResourceSubscriptions {
  readonly #pool: () => WorkerPool;
  readonly #table: SubscriptionTable;
  readonly #makeRoom: (accountId: AccountId, receiver: unknown) => boolean;

  /**
   * `makeRoom` is called when the account has too many, with the receiver of the next one; it returns whether some have
   * ended.
   */
  constructor(
    pool: () => WorkerPool,
    table: SubscriptionTable,
    makeRoom: (accountId: AccountId, receiver: unknown) => boolean,
  ) {
    this.#pool = pool;
    this.#table = table;
    this.#makeRoom = makeRoom;
  }

  async subscribe(caller: AuthenticatedCaller, uri: string, subscriber: Subscriber): Promise<() => void> {
    // What stays must not hold the caller's token.
    const { grantId, accountId } = caller;
    let subscription = this.#table.add(caller, uri, subscriber);
    while (subscription === undefined && this.#makeRoom(accountId, subscriber.receiver))
      subscription = this.#table.add(caller, uri, subscriber);
    if (subscription === undefined)
      throw new SubscriptionLimitError("Your account", maxSubscriptionsPerAccount);
    const added = subscription;
    const confirmed = (added.confirmed ??= this.#request(caller, uri));
    try {
      await confirmed;
    } catch (error) {
      if (added.confirmed === confirmed) added.confirmed = undefined;
      this.#table.remove(added, subscriber);
      throw error;
    }
    return () => {
      if (this.#table.remove(added, subscriber)) this.#unsubscribe(grantId, uri);
    };
  }

  /** Ends all that match, of whatever subscriber. */
  end(matches: (owner: Principal, uri: string) => boolean): void {
    for (const { owner, uri } of this.#table.end(matches)) this.#unsubscribe(owner.grantId, uri);
  }

  #unsubscribe(grantId: Principal["grantId"], uri: string): void {
    this.#pool().unsubscribe(grantId, uri);
  }

  async #request(caller: AuthenticatedCaller, uri: string): Promise<void> {
    const error = await this.#pool().subscribe(caller, uri);
    if (error !== undefined) throw new ChildRejectionError(error);
  }
}
