import { errors, type AdapterPayload } from "oidc-provider";
import { sha256Hex } from "@fjmcp/shared/hash";
import { grantIdSchema } from "@fjmcp/shared/ids";
import type { GrantRevocation } from "../../grant/grant-revocation.ts";
import type { TokenKind, TokenStore } from "../../grant/token-store.ts";
import { retryWhileUnavailable } from "../../retry-while-unavailable.ts";
import { presentedCredential } from "../overrides/issuance-context.ts";
import { narrowerScope } from "../overrides/access-of-grants.ts";
import { recordPresentedGrant } from "../presented-grant.ts";
import type { ModelAdapter } from "./adapter-factory.ts";
import { grantOwner } from "./grant-owner.ts";

/** Less than the double-submit window, so that this request still owns the redemption. */
const storingTimeoutMs = 5000;

/**
 * How much longer an access token lives than `expires_in` says (RFC 6749 §5.1). A client counts from the arrival of the
 * response, and some ask for another sign-in as soon as a token that should still live is rejected.
 */
const accessTokenLeewaySec = 10;

/**
 * Tokens and codes. oidc-provider's id of one is the bearer value itself: the key has its hash, the stored payload lacks
 * it, and `find` adds it again. A payload never has `consumed`: only the `consume` of each kind detects reuse, because it
 * follows every check of client, redirect_uri and verifier, and decides over all processes at once.
 */
export function createTokenAdapter(
  kind: TokenKind,
  store: TokenStore,
  revocation: GrantRevocation,
): ModelAdapter {
  return {
    async upsert(id, payload, expiresIn) {
      const { jti: _, ...stored } = payload;
      const leewaySec = kind === "access" ? accessTokenLeewaySec : 0;
      const requestedScope = kind === "access" ? narrowerScope() : undefined;
      const source = presentedCredential(kind);
      const record = {
        kind,
        hash: sha256Hex(id),
        grantId: grantIdSchema.parse(payload.grantId),
        ...grantOwner.parse(payload),
        payload: JSON.stringify({
          ...stored,
          exp: payload.exp! + leewaySec,
          ...(requestedScope !== undefined && { requestedScope }),
        }),
        expiresInSec: expiresIn! + leewaySec,
        ...(source !== undefined && { source }),
      };
      // The code or refresh token is consumed already: without a retry the client would need a new attempt or a new login.
      const timeoutMs = source === undefined ? 0 : storingTimeoutMs;
      const outcome = await retryWhileUnavailable(timeoutMs, () => store.store(record));
      if (outcome === "rejected")
        throw new errors.InvalidGrant("the grant was revoked, or the code was redeemed again");
    },

    async find(id) {
      const stored = await store.find(kind, sha256Hex(id));
      if (stored === undefined) return undefined;
      const payload: AdapterPayload = { ...(JSON.parse(stored) as AdapterPayload), jti: id };
      recordPresentedGrant(payload);
      return payload;
    },

    // Only a revocation request destroys a token, and it revokes the grant next: that deletes this record with the others.
    async destroy() {},

    async revokeByGrantId(grantId) {
      await revocation.revoke(grantIdSchema.parse(grantId), "client_request");
    },
  };
}
