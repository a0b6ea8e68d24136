import { z } from "zod";
import { accountIdSchema, clientIdSchema, grantIdSchema } from "@fjmcp/shared/ids";

/** The members by which a payload of oidc-provider names the owner of a grant. */
export const grantOwner = z.object({ accountId: accountIdSchema, clientId: clientIdSchema });

/** A Grant's own id and owner, and the application on whose Forgejo tokens it rests. */
export const restingGrant = grantOwner.extend({ jti: grantIdSchema, forgejoClientId: z.string().optional() });
