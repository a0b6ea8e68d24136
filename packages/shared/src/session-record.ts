import { z } from "zod";
import { branded, type AccountId, type ClientId } from "./ids.ts";

/**
 * An MCP session: bound to an account and a client, not to one grant, so that it outlives its process, its token
 * and, while another grant of the same account and client lives, its grant. The session-daemon writes it; the
 * auth-server deletes it together with the last such grant.
 */
export const sessionRecord = z.object({
  accountId: branded<AccountId>(),
  clientId: branded<ClientId>(),
  /** The MCP revision that `initialize` settled on, such as `2025-11-25`. */
  protocolVersion: z.string(),
  /** `clientInfo` of `initialize`, cut to a displayable length. */
  clientName: z.string(),
  clientVersion: z.string(),
  /** Seconds since the epoch. */
  createdAtSec: z.number(),
});
export type SessionRecord = z.infer<typeof sessionRecord>;
