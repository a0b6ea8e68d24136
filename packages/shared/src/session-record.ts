import { z } from "zod";
import { accountIdSchema, clientIdSchema, grantIdSchema } from "./ids.ts";
import { mcpLogLevels } from "./mcp-log-level.ts";

/**
 * An MCP session. It is bound to an account: any grant of that may use it. It belongs to the grant that used it last; the
 * session-daemon writes it, also when another grant uses it, and the auth-server deletes it together with the grant
 * that it belongs to. It outlives its worker process and its token.
 */
export const sessionRecord = z.object({
  accountId: accountIdSchema,
  /** The grant that used it last, and the client of that. */
  grantId: grantIdSchema,
  clientId: clientIdSchema,
  /** The MCP revision that `initialize` negotiated, such as `2025-11-25`. */
  protocolVersion: z.string(),
  /** `clientInfo` of `initialize`, cut to a displayable length. */
  clientName: z.string(),
  clientVersion: z.string(),
  /** Seconds since the epoch. */
  createdAtSec: z.number(),
  /** Of `logging/setLevel`; absent until the client has sent one. */
  logLevel: z.enum(mcpLogLevels).optional(),
  /** The URIs of `resources/subscribe` that a restart of the session-daemon must not lose, 4 KiB at most. */
  subscriptions: z.array(z.string()).optional(),
});
export type SessionRecord = z.infer<typeof sessionRecord>;
