import type { Clock } from "@fjmcp/shared/clock";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import type { AuditEvents } from "./audit-events.ts";
import type { AuthServerConfig } from "./config.ts";
import type { ForgejoApplicationSettings } from "./forgejo-application-settings.ts";
import type { GrantRevocation } from "./grant/grant-revocation.ts";
import type { WorkerRetirement } from "./grant/worker-retirement.ts";
import { createUpstreamLock } from "./redis/upstream-lock.ts";
import { createUpstreamRecordStore } from "./redis/upstream-record-store.ts";
import type { ForgejoMetrics } from "./upstream/forgejo/forgejo-metrics.ts";
import { createForgejoApplications, type ForgejoApplications } from "./upstream/forgejo-applications.ts";
import { createUpstream } from "./upstream/upstream.ts";

/** How long a refresh that Forgejo rejected waits for the tokens of a concurrent login, which may explain the rejection. */
const concurrentLoginTimeoutMs = 5000;

/** Wires the configured applications in Forgejo, each with records of its own in Redis. */
export function connectForgejo(
  config: AuthServerConfig,
  deps: {
    redis: RedisConnection;
    revocation: GrantRevocation;
    retireWorkers: WorkerRetirement;
    clock: Clock;
    events: AuditEvents;
    metrics: ForgejoMetrics;
  },
): ForgejoApplications {
  const { redis, ...rest } = deps;
  const { application, readOnlyApplication, ...forgejo } = config.forgejo;
  const connect = (own: ForgejoApplicationSettings) =>
    createUpstream(
      { ...config, forgejo: { ...forgejo, ...own }, concurrentLoginTimeoutMs },
      {
        ...rest,
        store: createUpstreamRecordStore(redis, own.clientId, application.clientId),
        lock: createUpstreamLock(redis, own.clientId),
      },
    );
  return createForgejoApplications(connect(application), readOnlyApplication && connect(readOnlyApplication));
}
