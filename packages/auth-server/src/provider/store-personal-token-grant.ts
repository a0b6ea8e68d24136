import type { Provider } from "oidc-provider";
import { grantIdSchema } from "@fjmcp/shared/ids";
import { mcpResource } from "@fjmcp/shared/oauth/mcp-resource";
import { personalTokenClientId } from "../grant/personal-token.ts";
import type { StorePersonalTokenGrant } from "../grant/personal-tokens.ts";
import { setAccess } from "./overrides/access-of-grants.ts";

/** Stores Grants of personal tokens that a user asks for on a page of ours. */
export function createStorePersonalTokenGrant(provider: Provider): StorePersonalTokenGrant {
  return async function storePersonalTokenGrant(accountId, access, personalToken) {
    const grant = new provider.Grant({ accountId, clientId: personalTokenClientId });
    setAccess(grant, mcpResource(provider.issuer), access.scopes, access, personalToken);
    return { grantId: grantIdSchema.parse(await grant.save()), scope: grant.getOIDCScope() };
  };
}
