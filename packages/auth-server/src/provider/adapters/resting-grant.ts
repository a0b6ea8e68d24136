import { z } from "zod";
import { accountIdSchema, clientIdSchema, grantIdSchema } from "@fjmcp/shared/ids";

/** The members of a Grant of oidc-provider that say whose it is, and on which application's Forgejo tokens it rests. */
export const restingGrant = z.object({
  jti: grantIdSchema,
  accountId: accountIdSchema,
  clientId: clientIdSchema,
  forgejoClientId: z.string().optional(),
});
