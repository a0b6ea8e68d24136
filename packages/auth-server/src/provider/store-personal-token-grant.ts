import type { Provider } from "oidc-provider";
import { grantIdSchema } from "@fjmcp/shared/ids";
import { mcpResource } from "@fjmcp/shared/oauth/mcp-resource";
import { personalTokenClientId } from "../grant/personal-token.ts";
import type { StorePersonalTokenGrant } from "../grant/personal-tokens.ts";
import type { ForgejoApplications } from "../upstream/forgejo-applications.ts";
import { setAccess } from "./overrides/access-of-grants.ts";

/**
 * Stores Grants of personal tokens that a user asks for on a page of ours. Each rests on the Forgejo tokens that a login with
 * this access would bring: without them it rejects with AccountDisconnectedError.
 */
export function createStorePersonalTokenGrant(
  provider: Provider,
  applications: Pick<ForgejoApplications, "forAccess">,
): StorePersonalTokenGrant {
  return async function storePersonalTokenGrant(accountId, access, personalToken) {
    const grant = new provider.Grant({ accountId, clientId: personalTokenClientId });
    const { forgejoClientId } = applications.forAccess(access);
    const choice = { requested: access.scopes, access, forgejoClientId, personalToken };
    setAccess(grant, mcpResource(provider.issuer), choice);
    return { grantId: grantIdSchema.parse(await grant.save()), scope: grant.getOIDCScope() };
  };
}
