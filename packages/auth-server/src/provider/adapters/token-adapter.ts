import { errors, type AdapterPayload } from "oidc-provider";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import type { GrantRevocation } from "../../grant/grant-revocation.ts";
import type { TokenKind, TokenStore } from "../../grant/token-store.ts";
import { retryWhileUnavailable } from "../../retry-while-unavailable.ts";
import { presentedCredential } from "../overrides/issuance-context.ts";
import type { ModelAdapter } from "./adapter-factory.ts";

/** Less than the double-submit window, so that the redemption is still this request's. */
const storingPatienceMs = 5000;

/**
 * Tokens and codes. oidc-provider's id of one is the bearer value itself: it is hashed on the way in, left out of the
 * payload and put back on the way out. A payload never says `consumed`: the `consume` of each kind is the one judge,
 * because it comes after every check of client, redirect_uri and verifier, and decides over all processes at once.
 */
export function createTokenAdapter(
  kind: TokenKind,
  store: TokenStore,
  revocation: GrantRevocation,
): ModelAdapter {
  return {
    async upsert(id, payload, expiresIn) {
      const { jti: _, ...stored } = payload;
      const source = presentedCredential(kind);
      const record = {
        kind,
        hash: sha256Hex(id),
        grantId: payload.grantId as GrantId,
        accountId: payload.accountId as AccountId,
        payload: JSON.stringify(stored),
        expiresInSec: expiresIn!,
        ...(source !== undefined && { source }),
      };
      // The code or refresh token is used already: now only patience saves the client a new attempt, or a new login.
      const patienceMs = source === undefined ? 0 : storingPatienceMs;
      const outcome = await retryWhileUnavailable(patienceMs, () => store.store(record));
      if (outcome === "rejected")
        throw new errors.InvalidGrant("the grant has ended, or the code was redeemed again");
    },

    async find(id) {
      const payload = await store.find(kind, sha256Hex(id));
      return payload === undefined ? undefined : { ...(JSON.parse(payload) as AdapterPayload), jti: id };
    },

    // Only revocation destroys a token, and it ends the grant right after: that deletes this record with the others.
    async destroy() {},

    async revokeByGrantId(grantId) {
      await revocation.revoke(grantId as GrantId, "client_request");
    },
  };
}
