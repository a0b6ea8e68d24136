import { z } from "zod";
import { accountIdSchema, clientIdSchema } from "./ids.ts";

/**
 * An MCP session. It is bound to an account and a client, not to one grant: it outlives its worker process, its token
 * and, while the account has another grant for the same client, its grant. The session-daemon writes it; the
 * auth-server deletes it together with the last such grant.
 */
export const sessionRecord = z.object({
  accountId: accountIdSchema,
  clientId: clientIdSchema,
  /** The MCP revision that `initialize` negotiated, such as `2025-11-25`. */
  protocolVersion: z.string(),
  /** `clientInfo` of `initialize`, cut to a displayable length. */
  clientName: z.string(),
  clientVersion: z.string(),
  /** Seconds since the epoch. */
  createdAtSec: z.number(),
});
export type SessionRecord = z.infer<typeof sessionRecord>;
