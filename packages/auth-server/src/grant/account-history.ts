import { z } from "zod";
import type { ClientRef } from "@fjmcp/shared/client-ref";
import { accountIdSchema, branded, type AccountId } from "@fjmcp/shared/ids";
import { revocationReasons } from "@fjmcp/shared/ipc/explain";

/** What an event is about: a connection as it was called then, since its client may not be known any more later. */
const ofConnection = {
  /** Milliseconds since the epoch. */
  atMs: z.number(),
  clientRef: branded<ClientRef>(),
  /** What the client called itself, cleaned for display; absent when it gave no name, and for a personal token. */
  clientName: z.string().optional(),
  isPersonalToken: z.boolean(),
  /** The user's own name for the connection. */
  label: z.string().optional(),
};

/** Something that happened to the connections of an account, and that its user may want to know of. */
export const accountEvent = z.discriminatedUnion("kind", [
  /** `login`: the account's login name then, by which an administrator finds it once nothing else names it. */
  z.object({ kind: z.literal("connected"), ...ofConnection, login: z.string().optional() }),
  z.object({ kind: z.literal("token_created"), ...ofConnection, login: z.string().optional() }),
  z.object({ kind: z.literal("narrowed"), ...ofConnection, by: z.enum(["user", "administrator"]) }),
  z.object({ kind: z.literal("ended"), ...ofConnection, reason: z.enum(revocationReasons) }),
  /** An administrator of Forgejo looked at the connections. */
  z.object({ kind: z.literal("viewed"), atMs: z.number(), administrator: accountIdSchema }),
]);
export type AccountEvent = z.infer<typeof accountEvent>;

/** The events of each account in the last 90 days, 500 at most. Rejects with StoreUnavailableError. */
export interface AccountHistory {
  /** The accounts that have a history, by a scan of the store: never in the way of a request of a client. */
  accounts(): Promise<AccountId[]>;
  add(account: AccountId, event: AccountEvent): Promise<void>;
  /** The newest first: `count` at most. */
  list(account: AccountId, count?: number): Promise<AccountEvent[]>;
}
