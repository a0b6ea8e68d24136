export const maxSubscriptionsPerSession = 100;
export const maxSubscribedUriLength = 2_048;

export function isSubscribableUri(uri: unknown): uri is string {
  return typeof uri === "string" && uri !== "" && uri.length <= maxSubscribedUriLength;
}

/** What a client reads that subscribes to something else. */
export const invalidUri = `"uri" must be a text of at most ${maxSubscribedUriLength} characters.`;

/** A client has too many subscriptions. The message is for it. */
export class SubscriptionLimitError extends Error {
  constructor(whose: string, max: number) {
    super(
      `${whose} already has ${max} subscriptions to resources. Nothing was done; end some of them first.`,
    );
    this.name = "SubscriptionLimitError";
  }
}
