import { z } from "zod";
import { componentHealth } from "../component-health.ts";
import { findingSchema } from "../finding.ts";
import { accountIdSchema, branded, clientIdSchema, grantIdSchema } from "../ids.ts";
import { principalSchema } from "../principal.ts";
import type { SessionRef } from "../session-ref.ts";
import { accountPageQuery, pageMembers } from "./page.ts";

/** auth-server (or an administrator with curl) → session-daemon, HTTP over `control.sock`. */
export const controlPaths = {
  health: "/health",
  /** In the Prometheus text format; the session-daemon's alone. */
  metrics: "/metrics",
  sessions: "/sessions",
  end: "/sessions/end",
  workers: "/workers",
  startWorker: "/workers/start",
  endWorker: "/workers/end",
  retireWorkers: "/workers/retire",
  policyChanged: "/grants/policy-changed",
  inspection: "/inspection",
  checkChild: "/child/check",
  streamProbes: "/stream-probes",
  streamProbeState: "/stream-probes/state",
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

/** `GET /sessions`, all members optional. */
export const listSessionsQuery = accountPageQuery.extend({ clientId: clientIdSchema.optional() });

/** Neither session ids nor their hashes are listed. `total` counts sessions that expired within the last hour, too. */
export const listSessionsResponse = z.object({
  sessions: z.array(
    z.object({
      sessionRef: branded<SessionRef>(),
      accountId: z.string(),
      /** The grant that it belongs to. */
      grantId: z.string(),
      clientId: z.string(),
      clientName: z.string(),
      clientVersion: z.string(),
      protocolVersion: z.string(),
      /** Seconds since the epoch. */
      createdAtSec: z.number(),
    }),
  ),
  ...pageMembers,
});
export type ListSessionsResponse = z.infer<typeof listSessionsResponse>;

/**
 * Of `POST /sessions/end`: their ids, and the sessions of as many accounts with ids of up to 9 digits, stay below the 64 KiB
 * that a request may have.
 */
export const maxGrantsPerRequest = 1000;

/** The number of sessions of each account. */
const sessionsByAccount = z.array(z.tuple([accountIdSchema, z.number().int().positive()]));

/**
 * `POST /sessions/end`. `grant` and `grants` end the workers and open streams of those grants; the auth-server has
 * deleted the `sessions` that belong to them. `client` and
 * `account` end workers and streams and delete the session records. `session` deletes one session and ends its streams;
 * the worker, which other sessions of the grant share, stays.
 */
export const endSessionsRequest = z.discriminatedUnion("by", [
  z.object({ by: z.literal("grant"), grantId: grantIdSchema, sessions: sessionsByAccount.optional() }),
  z.object({
    by: z.literal("grants"),
    grantIds: z.array(grantIdSchema).min(1).max(maxGrantsPerRequest),
    sessions: sessionsByAccount.optional(),
  }),
  z.object({ by: z.literal("client"), clientId: clientIdSchema }),
  z.object({ by: z.literal("account"), accountId: accountIdSchema }),
  z.object({ by: z.literal("session"), sessionRef: branded<SessionRef>() }),
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
 * `POST /workers/start`: a client has just redeemed a code, and will soon call. Starts a worker for the grant with this
 * Forgejo token; without a call it ends when its idle time is over. What a call may do is no part of it: that comes from
 * the token that the call presents.
 */
export const startWorkerRequest = principalSchema.extend({
  upstreamToken: z.object({
    token: z.string().min(1),
    /** Seconds since the epoch. */
    issuedAtSec: z.number(),
    /** Seconds since the epoch. */
    expiresAtSec: z.number(),
    /** As in ipc/upstream-token.ts. */
    clientName: z.string().optional(),
  }),
});
export type StartWorkerRequest = z.infer<typeof startWorkerRequest>;

/**
 * Sent at once, before the process exists. `full`: there are as many workers as there may be. `dropped`: the account has as
 * many as it may have, the grant has one or is revoked, or the daemon is stopping. After either, the first call of a living
 * grant starts one all the same.
 */
export const startWorkerResponse = z.object({ status: z.enum(["starting", "full", "dropped"]) });
export type StartWorkerResponse = z.infer<typeof startWorkerResponse>;

/**
 * `POST /workers/retire`: the Forgejo tokens of these grants of the account were replaced. Their workers accept no further
 * call, finish those in flight and end; queued calls go to new workers. Sessions, streams and grants stay.
 */
export const retireWorkersRequest = z.object({
  accountId: accountIdSchema,
  grantIds: z.array(grantIdSchema),
});
export type RetireWorkersRequest = z.infer<typeof retireWorkersRequest>;

/** Sent at once, without waiting for the calls in flight; `workers` is the number of workers that retire. */
export const retireWorkersResponse = z.object({ workers: z.number() });
export type RetireWorkersResponse = z.infer<typeof retireWorkersResponse>;

/**
 * `POST /grants/policy-changed`: the scope or the toolsets in the token records of the grant were changed. Its next request
 * is verified anew, and its clients are notified that every list has changed. Workers, sessions and calls in flight stay.
 */
export const policyChangedRequest = z.object({ grantId: grantIdSchema });
export type PolicyChangedRequest = z.infer<typeof policyChangedRequest>;

/** Sent once the notifications are written. */
export const policyChangedResponse = z.object({});
export type PolicyChangedResponse = z.infer<typeof policyChangedResponse>;

/** `GET /workers`, with an `accountPageQuery`. */
export const listWorkersResponse = z.object({
  workers: z.array(
    z.object({
      pid: z.number(),
      accountId: z.string(),
      clientId: z.string(),
      grantId: z.string(),
      /** `retiring`: finishes its calls, accepts no others, then ends. */
      state: z.enum(["idle", "busy", "retiring", "ending"]),
      callsInFlight: z.number(),
      /** The calls of clients so far, with those in flight. */
      calls: z.number(),
      /** Seconds since the epoch. */
      startedAtSec: z.number(),
      /** The end of its last call, in seconds since the epoch; absent while it is busy and before its first call. */
      lastUsedAtSec: z.number().optional(),
      /** Of all its processes, the sandbox included; absent when the kernel does not say. */
      memoryBytes: z.number().optional(),
    }),
  ),
  ...pageMembers,
});
export type ListWorkersResponse = z.infer<typeof listWorkersResponse>;
export type WorkerEntry = ListWorkersResponse["workers"][number];

/** `POST /workers/end`: its calls fail, its sessions go on with a new worker. */
export const endWorkerRequest = z.object({ pid: z.number().int().positive() });

/** Sent once the process has exited; `workers` is 0 when there is no worker with that pid. */
export const endWorkerResponse = z.object({ workers: z.number() });
export type EndWorkerResponse = z.infer<typeof endWorkerResponse>;

/** `GET /inspection`: what `--check` would find now, sockets aside. */
export const inspectionResponse = z.object({ findings: z.array(findingSchema) });
export type InspectionResponse = z.infer<typeof inspectionResponse>;

/**
 * `POST /child/check`: starts the MCP server as a worker would, with a meaningless token, and ends it again. Some servers
 * start only if Forgejo responds and accepts the token, so `forgejoUrl` names a stand-in for Forgejo on loopback.
 */
export const checkChildRequest = z.object({
  forgejoUrl: z.string().regex(/^http:\/\/127\.0\.0\.1:\d{1,5}$/),
});
export type CheckChildRequest = z.infer<typeof checkChildRequest>;

export const checkChildResponse = z.discriminatedUnion("status", [
  z.object({
    status: z.literal("ok"),
    /** As the MCP server gives them in `serverInfo`, fit for display. */
    name: z.string(),
    /** `unknown` when it gives none. */
    version: z.string(),
    /** Its tools beside its tool table. */
    tools: z.object({
      /** `none` if there is none. */
      table: z.string(),
      /** The version of the MCP server with which the table was made. */
      madeWith: z.string().optional(),
      tools: z.number(),
      /** Fit for display. */
      unknown: z.array(z.string()).readonly(),
    }),
  }),
  z.object({ status: z.literal("failed"), reason: z.string() }),
]);
export type CheckChildResponse = z.infer<typeof checkChildResponse>;

/**
 * `POST /stream-probes`: lets one request with the bearer token `probe` open an event stream at `GET /mcp` within 30 s.
 * The stream carries nothing but numbers; the token opens nothing else.
 */
export const streamProbeResponse = z.object({ probe: z.string() });
export type StreamProbeResponse = z.infer<typeof streamProbeResponse>;

/** `POST /stream-probes/state`. */
export const streamProbeStateRequest = z.object({ probe: z.string().min(1).max(100) });
export const streamProbeStateResponse = z.object({
  /** `closed`: the disconnect of the client has arrived. `unknown`: never issued, or too long ago. */
  state: z.enum(["unused", "open", "closed", "unknown"]),
});
export type StreamProbeStateResponse = z.infer<typeof streamProbeStateResponse>;
