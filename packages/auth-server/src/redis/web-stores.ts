import type { Clock } from "@fjmcp/shared/clock";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { createConnectionsSessionStore } from "./connections-session-store.ts";
import { createLoginStateStore } from "./login-state-store.ts";
import { createUserCodeAttempts } from "./user-code-attempts.ts";

/** The stores that only the pages use. */
export function createWebStores(redis: RedisConnection, clock: Clock) {
  return {
    states: createLoginStateStore(redis, clock),
    sessions: createConnectionsSessionStore(redis, clock),
    userCodeAttempts: createUserCodeAttempts(redis, clock),
  };
}
