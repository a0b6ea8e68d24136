import type { AuthenticatedCaller } from "../auth/principal.ts";
import type { WorkerPool } from "../worker/worker-pool.ts";
import { ChildRejectionError } from "./child-rejection-error.ts";
import { SubscriptionLimitError } from "./subscription-limit-error.ts";
import { maxSubscriptionsPerAccount, type SubscriptionTable } from "./subscription-table.ts";

/** Subscriptions to the resources of a grant's child (MCP 2025-11-25, "Resources: Subscriptions"). */
export interface ResourceSubscriptions {
  /**
   * Resolves once the child has accepted, with a function that ends the subscription; it may be called more than once.
   * `onUpdated` gets each `notifications/resources/updated` of the child, whole and without a line end, also of its later
   * workers. `isListening` says whether one could reach the client now: while it does, the worker stays. Rejects with
   * CallError, ChildRejectionError or SubscriptionLimitError. The end of the grant ends the subscription.
   */
  subscribe(
    caller: AuthenticatedCaller,
    uri: string,
    onUpdated: (message: Buffer) => void,
    isListening?: () => boolean,
  ): Promise<() => void>;
}

/** Counts the subscriptions to each resource over a grant: the child gets the first and the end of the last. */
export class SharedResourceSubscriptions implements ResourceSubscriptions {
  readonly #pool: WorkerPool;
  readonly #table: SubscriptionTable;

  constructor(pool: WorkerPool, table: SubscriptionTable) {
    this.#pool = pool;
    this.#table = table;
  }

  async subscribe(
    caller: AuthenticatedCaller,
    uri: string,
    onUpdated: (message: Buffer) => void,
    isListening = () => true,
  ): Promise<() => void> {
    const subscriber = { onUpdated, isListening };
    // What stays must not hold the caller's token.
    const { grantId } = caller;
    const subscription = this.#table.add(caller, uri, subscriber);
    if (subscription === undefined)
      throw new SubscriptionLimitError("Your account", maxSubscriptionsPerAccount);
    const confirmed = (subscription.confirmed ??= this.#request(caller, uri));
    try {
      await confirmed;
    } catch (error) {
      if (subscription.confirmed === confirmed) subscription.confirmed = undefined;
      this.#table.remove(subscription, subscriber);
      throw error;
    }
    return () => {
      if (this.#table.remove(subscription, subscriber))
        this.#pool.tell(grantId, "resources/unsubscribe", { uri });
    };
  }

  #request(caller: AuthenticatedCaller, uri: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = { idJson: "null", method: "resources/subscribe", params: { uri } };
      this.#pool.call(caller, request, {
        notification: () => undefined,
        response: (parts) => {
          const { error } = JSON.parse(Buffer.concat(parts).toString()) as { error?: object };
          if (error === undefined) resolve();
          else reject(new ChildRejectionError(error));
        },
        failed: reject,
      });
    });
  }
}
