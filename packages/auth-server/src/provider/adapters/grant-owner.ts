import { z } from "zod";
import { branded, type AccountId, type ClientId } from "@fjmcp/shared/ids";

/** The members by which a payload of oidc-provider names the owner of a grant. */
export const grantOwner = z.object({ accountId: branded<AccountId>(), clientId: branded<ClientId>() });
