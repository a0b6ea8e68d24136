import type { AdapterPayload } from "oidc-provider";
import { sha256Hex } from "@fjmcp/shared/hash";
import { grantIdSchema } from "@fjmcp/shared/ids";
import type { SecretDerivation } from "../../crypto/secret-derivation.ts";
import type { DeviceCodeStore } from "../../grant/device-code-store.ts";
import type { GrantRevocation } from "../../grant/grant-revocation.ts";
import { keepPresented } from "../overrides/issuance-context.ts";
import { temporarilyUnavailable } from "../temporarily-unavailable.ts";
import { userCodeHash } from "../user-code.ts";
import type { ModelAdapter } from "./adapter-factory.ts";

/**
 * Device codes (RFC 8628). oidc-provider's id of one is the bearer value, and its payload has the user code: both are
 * stored as hashes only. The decision of the user is written by DeviceAuthorizations, past this adapter; the step that stores
 * its tokens redeems one.
 */
export function createDeviceCodeAdapter(deps: {
  store: DeviceCodeStore;
  revocation: GrantRevocation;
  derivation: SecretDerivation;
}): ModelAdapter {
  const { store, derivation, revocation } = deps;
  return {
    async upsert(id, { jti: _jti, userCode, deviceInfo: _deviceInfo, ...payload }, expiresIn) {
      const isNew = await store.create({
        hash: sha256Hex(id),
        userCode: userCodeHash(derivation, userCode!),
        payload: JSON.stringify(payload),
        expiresInSec: expiresIn!,
      });
      if (!isNew) throw temporarilyUnavailable(new Error("the user code is in use"));
    },
    async find(id) {
      const stored = await store.find(sha256Hex(id));
      if (stored === undefined) return undefined;
      const payload: AdapterPayload = { ...(JSON.parse(stored) as AdapterPayload), jti: id };
      keepPresented(payload);
      return payload;
    },
    async consume() {},
    async revokeByGrantId(grantId) {
      await revocation.revoke(grantIdSchema.parse(grantId), "client_request");
    },
  };
}
