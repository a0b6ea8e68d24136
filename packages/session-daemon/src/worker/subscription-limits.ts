export const maxSubscriptionsPerSession = 100;
export const maxSubscribedUriLength = 2_048;

/** A client has too many subscriptions. The message is for it. */
export class SubscriptionLimitError extends Error {
  constructor(whose: string, max: number) {
    super(
      `${whose} already has ${max} subscriptions to resources. Nothing was done; end some of them first.`,
    );
    this.name = "SubscriptionLimitError";
  }
}
