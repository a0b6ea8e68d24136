import type { Provider } from "oidc-provider";
import { accountIdSchema, clientIdSchema, grantIdSchema } from "@fjmcp/shared/ids";
import type { GrantOwner } from "../grant/session-daemon.ts";

/** Calls `onRedeemed` once for each grant, when a client has redeemed its code; not for a refresh. */
export function reportRedemptions(provider: Provider, onRedeemed: (grant: GrantOwner) => void): void {
  provider.on("grant.success", (ctx) => {
    const { AccessToken, Grant } = ctx.oidc.entities;
    if (ctx.oidc.params?.grant_type === "refresh_token") return;
    onRedeemed({
      grantId: grantIdSchema.parse(Grant?.jti),
      accountId: accountIdSchema.parse(AccessToken?.accountId),
      clientId: clientIdSchema.parse(AccessToken?.clientId),
    });
  });
}
