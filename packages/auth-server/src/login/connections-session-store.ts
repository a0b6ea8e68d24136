import { z } from "zod";
import { accountIdSchema, type AccountId, type Hash } from "@fjmcp/shared/ids";

/** A signed-in user of the page of connections. */
export const connectionsSession = z.object({
  accountId: accountIdSchema,
  /** The login name at the time, for display. */
  login: z.string(),
  /** Whether Forgejo named the user an administrator at the time: what to offer, never what to allow. */
  isAdministrator: z.boolean(),
});
export type ConnectionsSession = z.infer<typeof connectionsSession>;

/** Sessions of the page of connections, by the hash of their id. Rejects with StoreUnavailableError. */
export interface ConnectionsSessionStore {
  put(id: Hash, session: ConnectionsSession, expiresInSec: number): Promise<void>;
  find(id: Hash): Promise<ConnectionsSession | undefined>;
  delete(id: Hash): Promise<void>;
  /** Ends all sessions of an account. */
  endAll(account: AccountId): Promise<void>;
  /** True for the first to claim a form that has an effect once. */
  claimForm(form: Hash, expiresInSec: number): Promise<boolean>;
}
