import { z } from "zod";
import { branded, type AccountId, type ClientId, type GrantId } from "../ids.ts";

/** auth-server (or an administrator with curl) → session-daemon, HTTP over `control.sock`. */
export const controlPaths = {
  health: "/health",
  sessions: "/sessions",
  end: "/sessions/end",
  retireWorkers: "/workers/retire",
} as const;

export const healthResponse = z.object({
  status: z.enum(["ok", "degraded"]),
  redis: z.enum(["ok", "unreachable"]),
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

/**
 * `POST /sessions/end`. `grant` ends the workers and open streams of one grant. Its sessions remain usable with another
 * grant of the same account and client; the auth-server deletes them with the last such grant. `client` and `account`
 * end workers and streams and delete the session records.
 */
export const endSessionsRequest = z.discriminatedUnion("by", [
  z.object({ by: z.literal("grant"), grantId: branded<GrantId>() }),
  z.object({ by: z.literal("client"), clientId: branded<ClientId>() }),
  z.object({ by: z.literal("account"), accountId: branded<AccountId>() }),
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
export const retireWorkersRequest = z.object({ accountId: branded<AccountId>() });
export type RetireWorkersRequest = z.infer<typeof retireWorkersRequest>;

/** Sent at once, without waiting for the calls in flight; `workers` is the number of workers that retire. */
export const retireWorkersResponse = z.object({ workers: z.number() });
export type RetireWorkersResponse = z.infer<typeof retireWorkersResponse>;
