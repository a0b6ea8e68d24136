import { z } from "zod";
import { componentHealth } from "../component-health.ts";
import { accountIdSchema, clientIdSchema, grantIdSchema } from "../ids.ts";

/** auth-server (or an administrator with curl) → session-daemon, HTTP over `control.sock`. */
export const controlPaths = {
  health: "/health",
  sessions: "/sessions",
  end: "/sessions/end",
  retireWorkers: "/workers/retire",
} as const;

/** `degraded` when a member is not `ok`; the HTTP status is 200 all the same. The auth-server's is in ipc/health.ts. */
export const healthResponse = z.object({
  status: z.enum(["ok", "degraded"]),
  version: z.string(),
  issuer: z.string(),
  redis: componentHealth,
  authServer: componentHealth,
  forgejo: componentHealth,
  /** What each MCP server process runs in, and why. */
  sandbox: z.object({ kind: z.enum(["bubblewrap", "none"]), reason: z.string() }),
  workers: z.object({ live: z.number(), idle: z.number(), waiting: z.number() }),
  streams: z.number(),
});
export type HealthResponse = z.infer<typeof healthResponse>;

/** `GET /sessions?accountId=…&clientId=…`, both optional. Neither session ids nor their hashes are listed. */
export const listSessionsResponse = z.object({
  sessions: z.array(
    z.object({
      accountId: z.string(),
      clientId: z.string(),
      clientName: z.string(),
      clientVersion: z.string(),
      protocolVersion: z.string(),
      /** Seconds since the epoch. */
      createdAtSec: z.number(),
    }),
  ),
});
export type ListSessionsResponse = z.infer<typeof listSessionsResponse>;

/** Of `POST /sessions/end`: their ids stay well below the 64 KiB that a request may have. */
export const maxGrantsPerRequest = 1000;

/**
 * `POST /sessions/end`. `grant` and `grants` end the workers and open streams of those grants. Sessions remain usable with
 * another grant of the same account and client; the auth-server deletes them with the last such grant. `client` and
 * `account` end workers and streams and delete the session records.
 */
export const endSessionsRequest = z.discriminatedUnion("by", [
  z.object({ by: z.literal("grant"), grantId: grantIdSchema }),
  z.object({
    by: z.literal("grants"),
    grantIds: z.array(grantIdSchema).min(1).max(maxGrantsPerRequest),
  }),
  z.object({ by: z.literal("client"), clientId: clientIdSchema }),
  z.object({ by: z.literal("account"), accountId: accountIdSchema }),
]);
export type EndSessionsRequest = z.infer<typeof endSessionsRequest>;

/** Sent once the workers' processes have exited and the streams are closed. */
export const endSessionsResponse = z.object({
  workers: z.number(),
  streams: z.number(),
  sessions: z.number(),
});
export type EndSessionsResponse = z.infer<typeof endSessionsResponse>;

/**
 * `POST /workers/retire`: the account's Forgejo tokens were replaced. Its workers accept no further call, finish those
 * in flight and end; queued calls go to new workers. Sessions, streams and grants stay.
 */
export const retireWorkersRequest = z.object({ accountId: accountIdSchema });
export type RetireWorkersRequest = z.infer<typeof retireWorkersRequest>;

/** Sent at once, without waiting for the calls in flight; `workers` is the number of workers that retire. */
export const retireWorkersResponse = z.object({ workers: z.number() });
export type RetireWorkersResponse = z.infer<typeof retireWorkersResponse>;
