import { z } from "zod";
import { accountIdSchema, clientIdSchema } from "@fjmcp/shared/ids";

/** The members by which a payload of oidc-provider names the owner of a grant. */
export const grantOwner = z.object({ accountId: accountIdSchema, clientId: clientIdSchema });
