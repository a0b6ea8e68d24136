import { errors, Provider } from "oidc-provider";
import { clientRef } from "@fjmcp/shared/client-ref";
import { accountIdSchema, clientIdSchema, type AccountId, type ClientId } from "@fjmcp/shared/ids";
import type { RateLimit, RateLimiter } from "../../rate-limit/rate-limiter.ts";

interface Credential {
  accountId?: string;
  clientId?: string;
}

type Consume = (this: Credential) => Promise<void>;

/**
 * Limits the token requests of one client of one account: before its code or refresh token is consumed, and after all
 * that is wrong with the request was found, so that no other client can use up the account's share. 429 with Retry-After (RFC 6585 §4).
 */
export function limitAccounts(
  provider: Provider,
  limiter: RateLimiter,
  events: { rateLimited(rejection: { limit: RateLimit; accountId: AccountId; clientId: ClientId }): void },
): void {
  for (const model of [provider.AuthorizationCode, provider.RefreshToken]) {
    const prototype = model.prototype as unknown as { consume: Consume };
    const consume = prototype.consume;
    prototype.consume = async function () {
      const accountId = accountIdSchema.parse(this.accountId);
      const clientId = clientIdSchema.parse(this.clientId);
      const waitSec = await limiter.consume("account", `${accountId}:${clientRef(clientId)}`);
      if (waitSec === undefined) return consume.call(this);
      events.rateLimited({ limit: "account", accountId, clientId });
      throw tooManyRequests(waitSec);
    };
  }
}

/** RFC 6749 has no error of its own for this; a client must not take it for the end of its grant. */
function tooManyRequests(waitSec: number): Error {
  Provider.ctx?.set("retry-after", String(waitSec));
  const error = new errors.OIDCProviderError(429, "temporarily_unavailable");
  error.error_description = `This client asks for tokens too often. Try again in ${waitSec} seconds.`;
  return error;
}
