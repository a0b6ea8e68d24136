import { setTimeout as sleep } from "node:timers/promises";
import type { RedisEndpoint } from "../config/redis-endpoint.ts";
import { fault, type Finding } from "../finding.ts";
import type { Log } from "../log.ts";
import { deniedSocketText } from "./denied-socket.ts";
import { inspectRedis, type RedisRights } from "./redis-inspection.ts";

const retryMs = 500;

/** A start that waits: what it does is logged, and a stop signal ends it. */
export interface WaitContext {
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** How long a start waits for Redis: until it responds, or until it accepts writes, too. */
type RedisNeed = "responds" | "accepts_writes";

/**
 * The findings about Redis. With `waiting`, resolves once Redis does what the start needs, and logs once that it does
 * not; rejects when the signal aborts. Without, a Redis that does not respond is a fault.
 */
export async function redisFindings(
  endpoint: RedisEndpoint,
  rights: RedisRights,
  waiting?: WaitContext,
  need: RedisNeed = "responds",
): Promise<readonly Finding[]> {
  for (let isFirst = true; ; isFirst = false) {
    const { health, findings } = await inspectRedis(endpoint, rights);
    const isUnwritable = health.status === "full" || health.status === "read_only";
    const isAwaited =
      health.status === "away" || (waiting !== undefined && need === "accepts_writes" && isUnwritable);
    if (!isAwaited) {
      if (!isFirst) waiting?.log.info({ event: "redis.responding" }, "Redis responds; continuing to start");
      return findings;
    }
    const denied = deniedSocketText(health.reason);
    if (waiting === undefined)
      return [
        fault(
          `FJMCP_REDIS: ${denied ?? `Redis does not respond (${health.reason}): start it, or correct the address`}`,
        ),
      ];
    if (isFirst)
      waiting.log.warn(
        { event: "redis.awaited", cause: health.reason },
        isUnwritable
          ? "Redis accepts no writes; waiting for it before serving"
          : `${denied ?? "Redis does not respond"}; waiting for it before serving`,
      );
    await sleep(retryMs, undefined, { signal: waiting.signal });
  }
}
