import { parseRecord } from "@fjmcp/shared/parse-record";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { connectionsSession, type ConnectionsSessionStore } from "../login/connections-session-store.ts";
import { authKeys } from "./auth-keys.ts";

export function createConnectionsSessionStore(redis: RedisConnection): ConnectionsSessionStore {
  const keyOf = authKeys.connectionsSession;
  return {
    async put(id, session, expiresInSec) {
      const text = JSON.stringify(session);
      await redis.runIdempotent((commands) => commands.set(keyOf(id), text, "EX", expiresInSec));
    },
    async find(id) {
      return parseRecord(
        connectionsSession,
        await redis.runIdempotent((commands) => commands.get(keyOf(id))),
      );
    },
    async delete(id) {
      await redis.runIdempotent((commands) => commands.del(keyOf(id)));
    },
    async claimForm(form, expiresInSec) {
      const key = authKeys.connectionsForm(form);
      return (await redis.run((commands) => commands.set(key, "", "EX", expiresInSec, "NX"))) === "OK";
    },
  };
}
