import { z } from "zod";
import { accountIdSchema, clientIdSchema, type AccountId } from "@fjmcp/shared/ids";
import { revocationReasons } from "./revocation-reason.ts";

/** Something that happened to the connections of an account, and that its user may want to know of. */
export const accountEvent = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("ended"),
    /** Milliseconds since the epoch. */
    atMs: z.number(),
    clientId: clientIdSchema,
    /** The user's own name for the connection. */
    label: z.string().optional(),
    reason: z.enum(revocationReasons),
  }),
  /** An administrator of Forgejo looked at the connections. */
  z.object({ kind: z.literal("viewed"), atMs: z.number(), administrator: accountIdSchema }),
]);
export type AccountEvent = z.infer<typeof accountEvent>;

/** The last events of each account, kept for 90 days after the last one. Rejects with StoreUnavailableError. */
export interface AccountHistory {
  add(account: AccountId, event: AccountEvent): Promise<void>;
  /** The newest first: `count` at most, and without it the 500 that are kept. */
  list(account: AccountId, count?: number): Promise<AccountEvent[]>;
}
