import { errors, type AdapterPayload } from "oidc-provider";
import { sha256Hex } from "@fjmcp/shared/hash";
import { accountIdSchema, grantIdSchema } from "@fjmcp/shared/ids";
import type { GrantRevocation } from "../../grant/grant-revocation.ts";
import type { TokenKind, TokenStore } from "../../grant/token-store.ts";
import { collectTokens, keepPresented, presentedCredential } from "../overrides/issuance-context.ts";
import { narrowerScope } from "../overrides/access-of-grants.ts";
import type { ModelAdapter } from "./adapter-factory.ts";

/**
 * How much longer an access token lives than `expires_in` says (RFC 6749 §5.1). A client counts from the arrival of the
 * response, and some ask for another sign-in as soon as a token that should still live is rejected.
 */
const accessTokenLeewaySec = 10;

/**
 * Tokens and codes. oidc-provider's id of one is the bearer value itself: the key has its hash, the stored payload lacks
 * it, and `find` adds it again. The tokens of a response are stored together, with the last of them: that step, which
 * follows every check of client, redirect_uri and verifier, redeems the code or rotates the refresh token and detects its
 * reuse, over all processes. So a payload never has `consumed`.
 */
export function createTokenAdapter(
  kind: TokenKind,
  store: TokenStore,
  revocation: GrantRevocation,
): ModelAdapter {
  return {
    async upsert(id, payload, expiresIn) {
      // Of the session, which is not stored either, nothing depends on the uid.
      const { jti: _jti, sessionUid: _sessionUid, ...stored } = payload;
      const leewaySec = kind === "access" ? accessTokenLeewaySec : 0;
      const requestedScope = kind === "access" ? narrowerScope() : undefined;
      const tokens = collectTokens(kind, {
        hash: sha256Hex(id),
        payload: JSON.stringify({
          ...stored,
          exp: payload.exp! + leewaySec,
          ...(requestedScope !== undefined && { requestedScope }),
        }),
        expiresInSec: expiresIn! + leewaySec,
      });
      if (tokens === undefined) return;
      const source = presentedCredential(kind);
      const outcome = await store.issue({
        grantId: grantIdSchema.parse(payload.grantId),
        accountId: accountIdSchema.parse(payload.accountId),
        tokens,
        ...(source !== undefined && { source }),
      });
      if (outcome !== "issued") throw new errors.InvalidGrant(`${source?.kind ?? kind}: ${outcome}`);
    },

    async find(id) {
      const hash = sha256Hex(id);
      const found = await (kind === "access"
        ? store.findAccess(hash).then((payload) => payload && { payload })
        : store.findPresented(kind, hash));
      if (!found) return undefined;
      const payload: AdapterPayload = { ...(JSON.parse(found.payload) as AdapterPayload), jti: id };
      keepPresented(payload, found);
      return payload;
    },

    async consume() {},

    // Only a revocation request destroys a token, and it revokes the grant next: that deletes this record with the others.
    async destroy() {},

    async revokeByGrantId(grantId) {
      await revocation.revoke(grantIdSchema.parse(grantId), "client_request");
    },
  };
}
