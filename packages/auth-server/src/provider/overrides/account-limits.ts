import { errors, Provider } from "oidc-provider";
import { clientRef } from "@fjmcp/shared/client-ref";
import { accountIdSchema, clientIdSchema, type AccountId, type ClientId } from "@fjmcp/shared/ids";
import type { RateLimit, RateLimiter } from "../../rate-limit/rate-limiter.ts";
import { beforeConsume } from "./model-hooks.ts";

/**
 * Limits the token requests of one client of one account, and the devices that an account connects: before the code or
 * refresh token is consumed, and after all that is wrong with the request was found, so that no other client can use up
 * the account's share. 429 with Retry-After (RFC 6585 §4); a device's code can be redeemed later.
 */
export function limitAccounts(
  provider: Provider,
  limiter: RateLimiter,
  events: { rateLimited(rejection: { limit: RateLimit; accountId: AccountId; clientId: ClientId }): void },
): void {
  const ofClient = (accountId: AccountId, clientId: ClientId) => `${accountId}:${clientRef(clientId)}`;
  for (const [model, limit, subjectOf, error] of [
    [provider.AuthorizationCode, "account", ofClient, "temporarily_unavailable"],
    [provider.RefreshToken, "account", ofClient, "temporarily_unavailable"],
    [provider.DeviceCode, "accountDevices", (accountId: AccountId) => accountId, "slow_down"],
  ] as const) {
    beforeConsume<{ accountId?: string | undefined; clientId?: string | undefined }>(
      model,
      async (credential) => {
        const accountId = accountIdSchema.parse(credential.accountId);
        const clientId = clientIdSchema.parse(credential.clientId);
        const waitSec = await limiter.consume(limit, subjectOf(accountId, clientId));
        if (waitSec === undefined) return;
        events.rateLimited({ limit, accountId, clientId });
        throw tooManyRequests(error, waitSec);
      },
    );
  }
}

/** RFC 6749 has no error of its own for this; a client must not take it for the end of its grant. A device polls again. */
function tooManyRequests(code: "temporarily_unavailable" | "slow_down", waitSec: number): Error {
  Provider.ctx?.set("retry-after", String(waitSec));
  const error = new errors.OIDCProviderError(429, code);
  error.error_description = `This client asks for tokens too often. Try again in ${waitSec} seconds.`;
  return error;
}
