import { z } from "zod";
import { accountIdSchema, grantIdSchema } from "../ids.ts";

/**
 * session-daemon → auth-server, HTTP over the auth-server's IPC socket: when grants were used last, in batches and at most
 * every 10 s for each grant, and the names of the tools that were called last. It serves display and the order of eviction,
 * and decides about no access. The HTTP status is 200 for every value of `status`.
 */
export const grantUsesPath = "/grant-uses";

/** How many uses one request has: it stays below the size that a request may have. */
export const maxUsesPerRequest = 1000;

/** How many names of tools are kept of a grant. */
export const maxLastTools = 5;
/** MCP 2025-11-25, "Tool Names". */
export const toolNameFormat = /^[A-Za-z0-9_./-]{1,128}$/;
export const toolName = z.string().regex(toolNameFormat);

export const grantUsesRequest = z.object({
  uses: z
    .array(
      z.object({
        grantId: grantIdSchema,
        accountId: accountIdSchema,
        /** Milliseconds since the epoch. */
        usedAtMs: z.number(),
        /** Tools that were called since the last request, each once, the last one first. */
        tools: z.array(toolName).max(maxLastTools).optional(),
      }),
    )
    .min(1)
    .max(maxUsesPerRequest),
});
export type GrantUsesRequest = z.infer<typeof grantUsesRequest>;

/** `unavailable`: Redis does not respond. The uses may be sent again. */
export const grantUsesResponse = z.object({ status: z.enum(["ok", "unavailable"]) });
export type GrantUsesResponse = z.infer<typeof grantUsesResponse>;
