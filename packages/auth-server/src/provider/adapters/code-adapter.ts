import type { AuditEvents } from "../../audit-events.ts";
import type { GrantRevocation } from "../../grant/grant-revocation.ts";
import type { TokenStore } from "../../grant/token-store.ts";
import type { ModelAdapter } from "./adapter-factory.ts";
import { redeemCode } from "./redeem-code.ts";
import { createTokenAdapter } from "./token-adapter.ts";

/** Authorization codes: one redemption each. */
export function createCodeAdapter(
  store: TokenStore,
  revocation: GrantRevocation,
  events: AuditEvents,
): ModelAdapter {
  return {
    ...createTokenAdapter("code", store, revocation),
    consume: (id) => redeemCode("code", id, { tokens: store, revocation, events }),
  };
}
