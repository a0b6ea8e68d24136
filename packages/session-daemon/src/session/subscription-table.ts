import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import type { Principal } from "@fjmcp/shared/principal";
import { isPartOfResource } from "../worker/is-part-of-resource.ts";

export interface Subscriber {
  /** Equal for the subscriptions of one client: an update that concerns several of them is delivered once. */
  readonly receiver: unknown;
  /** Gets one `notifications/resources/updated`, whole and without a line end. */
  onUpdated(message: Buffer): void;
  /** Whether an update could reach the client now: while it does, the worker stays. */
  isListening(): boolean;
  /** The subscription has ended: its grant was revoked, or does not allow it any more. */
  onEnded?(): void;
  /** It replaces one that ends: the limit of the account does not count. */
  readonly isMoved?: boolean;
}

/** A resource that a grant is subscribed to. */
interface Subscription {
  readonly owner: Principal;
  readonly uri: string;
  readonly subscribers: Set<Subscriber>;
  /** Settles with the child's response; undefined when it is to be requested. */
  confirmed: Promise<void> | undefined;
}

export const maxSubscriptionsPerAccount = 1_000;

/** The subscribers of each resource of a grant's child. */
export class SubscriptionTable {
  readonly #byGrant = new Map<GrantId, Map<string, Subscription>>();
  readonly #countByAccount = new Map<AccountId, number>();

  /** Undefined, and nothing is added, when the account has 1000 already. */
  add(owner: Principal, uri: string, subscriber: Subscriber): Subscription | undefined {
    const count = this.#countByAccount.get(owner.accountId) ?? 0;
    if (count >= maxSubscriptionsPerAccount && subscriber.isMoved !== true) return undefined;
    let ofGrant = this.#byGrant.get(owner.grantId);
    if (ofGrant === undefined) this.#byGrant.set(owner.grantId, (ofGrant = new Map()));
    let subscription = ofGrant.get(uri);
    if (subscription === undefined) {
      const { grantId, accountId, clientId } = owner;
      subscription = {
        owner: { grantId, accountId, clientId },
        uri,
        subscribers: new Set(),
        confirmed: undefined,
      };
      ofGrant.set(uri, subscription);
    }
    subscription.subscribers.add(subscriber);
    this.#count(owner, 1);
    return subscription;
  }

  /** True when it was the last one of the resource. */
  remove(subscription: Subscription, subscriber: Subscriber): boolean {
    if (!subscription.subscribers.delete(subscriber)) return false;
    const { owner, uri, subscribers } = subscription;
    this.#count(owner, -1);
    if (subscribers.size > 0) return false;
    const ofGrant = this.#byGrant.get(owner.grantId);
    ofGrant?.delete(uri);
    if (ofGrant?.size === 0) this.#byGrant.delete(owner.grantId);
    return true;
  }

  /** Removes all that match and notifies their subscribers; returns them. */
  end(matches: (owner: Principal, uri: string) => boolean): Subscription[] {
    const ending = this.#all().filter(({ owner, uri }) => matches(owner, uri));
    for (const subscription of ending) {
      for (const subscriber of subscription.subscribers) {
        this.remove(subscription, subscriber);
        subscriber.onEnded?.();
      }
    }
    return ending;
  }

  uris(grantId: GrantId): Iterable<string> {
    return this.#byGrant.get(grantId)?.keys() ?? [];
  }

  isListening(grantId: GrantId): boolean {
    return this.#of(grantId).some(({ subscribers }) => subscribers.values().some((one) => one.isListening()));
  }

  /** Calls every receiver of the resource, or of one that it is a part of, once. */
  deliver(grantId: GrantId, uri: string, message: Buffer): void {
    const concerned = new Map<unknown, Subscriber>();
    for (const subscription of this.#of(grantId)) {
      if (!isPartOfResource(uri, subscription.uri)) continue;
      for (const subscriber of subscription.subscribers) concerned.set(subscriber.receiver, subscriber);
    }
    for (const subscriber of concerned.values()) subscriber.onUpdated(message);
  }

  #of(grantId: GrantId): IteratorObject<Subscription> {
    return (this.#byGrant.get(grantId) ?? new Map<string, Subscription>()).values();
  }

  #all(): Subscription[] {
    return Array.from(this.#byGrant.values(), (ofGrant) => [...ofGrant.values()]).flat();
  }

  #count({ accountId }: Principal, change: number): void {
    const count = (this.#countByAccount.get(accountId) ?? 0) + change;
    if (count === 0) this.#countByAccount.delete(accountId);
    else this.#countByAccount.set(accountId, count);
  }
}
