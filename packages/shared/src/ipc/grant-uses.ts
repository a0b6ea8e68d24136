import { z } from "zod";
import { accountIdSchema, grantIdSchema } from "../ids.ts";

/**
 * session-daemon → auth-server, HTTP over the auth-server's IPC socket: when grants were used last, in batches and at most
 * every 10 s for each grant. It serves display and the order of eviction, and decides about no access. The HTTP status is
 * 200 for every value of `status`.
 */
export const grantUsesPath = "/grant-uses";

/** Of one request: it stays below the size that a request may have. */
export const maxUsesPerRequest = 1000;

export const grantUsesRequest = z.object({
  uses: z
    .array(
      z.object({
        grantId: grantIdSchema,
        accountId: accountIdSchema,
        /** Milliseconds since the epoch. */
        usedAtMs: z.number(),
      }),
    )
    .min(1)
    .max(maxUsesPerRequest),
});
export type GrantUsesRequest = z.infer<typeof grantUsesRequest>;

/** `unavailable`: Redis does not respond. The uses may be sent again. */
export const grantUsesResponse = z.object({ status: z.enum(["ok", "unavailable"]) });
export type GrantUsesResponse = z.infer<typeof grantUsesResponse>;
