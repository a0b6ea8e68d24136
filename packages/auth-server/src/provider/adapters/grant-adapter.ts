import type { AdapterPayload } from "oidc-provider";
import { grantIdSchema } from "@fjmcp/shared/ids";
import { AccountDisconnectedError } from "../../grant/account-disconnected-error.ts";
import type { GrantStore } from "../../grant/grant-store.ts";
import { TooManyPersonalTokensError } from "../../grant/too-many-personal-tokens-error.ts";
import { TooManyLoginsError } from "../../grant/too-many-logins-error.ts";
import type { RateLimiter } from "../../rate-limit/rate-limiter.ts";
import type { GrantRevocation } from "../../grant/grant-revocation.ts";
import { takePresentedGrant } from "../overrides/issuance-context.ts";
import type { ModelAdapter } from "./adapter-factory.ts";
import { restingGrant } from "./resting-grant.ts";

/**
 * Grants. `exp` is not stored: a grant lives as long as its record, which every stored token extends. Nor is `jti`, which the
 * key has.
 */
export function createGrantAdapter(
  store: GrantStore,
  revocation: GrantRevocation,
  limiter: RateLimiter,
): ModelAdapter {
  return {
    async upsert(_id, payload, expiresIn) {
      const { exp: _exp, jti: _jti, ...kept } = payload;
      const isPersonalToken = "personalToken" in payload && payload.personalToken !== undefined;
      const { jti: grantId, ...owner } = restingGrant.parse(payload);
      const grant = {
        grantId,
        ...owner,
        payload: JSON.stringify(kept),
        expiresInSec: expiresIn!,
        isPersonalToken,
      };
      const waitSec = isPersonalToken ? await limiter.consume("personalToken", grant.accountId) : undefined;
      if (waitSec !== undefined) throw new TooManyPersonalTokensError(waitSec);
      let { outcome, leastRecentlyUsed } = await store.store(grant);
      while (outcome === "evict" && leastRecentlyUsed !== undefined) {
        await revocation.revoke(leastRecentlyUsed, "evicted");
        ({ outcome, leastRecentlyUsed } = await store.store(grant));
      }
      if (outcome === "disconnected") throw new AccountDisconnectedError();
      if (outcome === "full") {
        throw isPersonalToken ? new TooManyPersonalTokensError() : new TooManyLoginsError();
      }
    },
    async find(id) {
      const grantId = grantIdSchema.parse(id);
      const payload = takePresentedGrant(grantId) ?? (await store.find(grantId));
      return payload === undefined ? undefined : { ...(JSON.parse(payload) as AdapterPayload), jti: id };
    },
    async destroy(id) {
      await revocation.revoke(grantIdSchema.parse(id), "client_request");
    },
  };
}
