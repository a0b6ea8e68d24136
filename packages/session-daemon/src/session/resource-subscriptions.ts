import type { AuthenticatedCaller } from "../auth/principal.ts";

/** Subscriptions to resources, counted per URI over all that a grant has open. */
export interface ResourceSubscriptions {
  /**
   * Subscribes to changes of a resource; `onUpdated` gets each `notifications/resources/updated`. Resolves with the
   * function that ends the subscription. Rejects with CallError.
   */
  subscribe(
    caller: AuthenticatedCaller,
    uri: string,
    onUpdated: (message: Buffer) => void,
  ): Promise<() => void>;
}
