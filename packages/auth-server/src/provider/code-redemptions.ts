import type { Provider } from "oidc-provider";
import type { RedeemedGrant } from "../grant/early-worker-start.ts";
import { restingGrant } from "./adapters/resting-grant.ts";

/** Calls `onRedeemed` once for each grant, when a client has redeemed its code; not for a refresh. */
export function reportRedemptions(provider: Provider, onRedeemed: (grant: RedeemedGrant) => void): void {
  provider.on("grant.success", (ctx) => {
    if (ctx.oidc.params?.grant_type === "refresh_token") return;
    const { jti: grantId, ...rest } = restingGrant.parse(ctx.oidc.entities.Grant);
    onRedeemed({ grantId, ...rest });
  });
}
