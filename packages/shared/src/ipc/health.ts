import { z } from "zod";
import { componentHealth } from "../component-health.ts";

/** `GET` on both private sockets: what the daemon is. It asks nothing else, so that the daemons can ask each other. */
export const identityPath = "/identity";

export const identityResponse = z.object({
  daemon: z.enum(["auth-server", "session-daemon"]),
  version: z.string(),
  /** The same in both daemons: tokens are bound to it. */
  issuer: z.string(),
});
export type IdentityResponse = z.infer<typeof identityResponse>;

/** `GET` on both private sockets, for the administrator; the session-daemon's response is in ipc/control.ts. */
export const healthPath = "/health";

/** The auth-server's. `degraded` when a member is not `ok`; the HTTP status is 200 all the same. */
export const authServerHealth = z.object({
  status: z.enum(["ok", "degraded"]),
  version: z.string(),
  issuer: z.string(),
  redis: componentHealth,
  forgejo: componentHealth,
  sessionDaemon: componentHealth,
});
export type AuthServerHealth = z.infer<typeof authServerHealth>;
