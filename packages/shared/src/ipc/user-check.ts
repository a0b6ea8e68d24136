import { z } from "zod";
import { grantIdSchema } from "../ids.ts";

/**
 * session-daemon → auth-server, HTTP over the auth-server's IPC socket: asks Forgejo now what the account of a grant may
 * do, and what Forgejo says of the account's tokens of any other application. The HTTP status is 200 for every value of
 * `status`.
 */
export const userCheckPath = "/user-check";

export const userCheckRequest = z.object({ grantId: grantIdSchema });
export type UserCheckRequest = z.infer<typeof userCheckRequest>;

/** Forgejo does not serve the user at the moment; `message` is Forgejo's own sentence, cleaned and cut to 500 characters. */
export const suspendedResponse = z.object({ status: z.literal("suspended"), message: z.string() });

/**
 * The administrator must act: Forgejo does not know the OAuth application of the broker, or rejects its secret; with the fault
 * `vault_key`, the auth-server has not the key of the stored Forgejo tokens.
 */
export const misconfiguredResponse = z.object({
  status: z.literal("misconfigured"),
  fault: z.literal("vault_key").optional(),
});
export type Misconfiguration = z.infer<typeof misconfiguredResponse>["fault"];

const userState = z.discriminatedUnion("status", [
  z.object({ status: z.literal("ok") }),
  suspendedResponse,
  /** The grant is unknown, or the account's Forgejo tokens are invalid: its grants have been revoked by now. */
  z.object({ status: z.literal("revoked") }),
  misconfiguredResponse,
  /** Forgejo or Redis did not respond: nothing is known. */
  z.object({ status: z.literal("unavailable") }),
]);
export type UserState = z.infer<typeof userState>;

export const userCheckResponse = userState.and(
  /** The account's grants on another application, which is `misconfigured`; none without it. */
  z.object({ misconfigured: z.array(grantIdSchema).optional() }),
);
export type UserCheckResponse = z.infer<typeof userCheckResponse>;
