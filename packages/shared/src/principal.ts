import { z } from "zod";
import { accountIdSchema, clientIdSchema, grantIdSchema } from "./ids.ts";

/** A grant with its account and client: identifies everything that runs on behalf of that grant. */
export const principalSchema = z.object({
  grantId: grantIdSchema,
  accountId: accountIdSchema,
  clientId: clientIdSchema,
});
export type Principal = Readonly<z.infer<typeof principalSchema>>;
