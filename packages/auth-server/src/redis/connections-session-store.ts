import type { Clock } from "@fjmcp/shared/clock";
import { z } from "zod";
import { hashSchema } from "@fjmcp/shared/ids";
import { parseRecord } from "@fjmcp/shared/parse-record";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { connectionsSession, type ConnectionsSessionStore } from "../login/connections-session-store.ts";
import { authKeys } from "./auth-keys.ts";
import { claimKey } from "./claim-key.ts";

const hashes = z.array(hashSchema);

export function createConnectionsSessionStore(redis: RedisConnection, clock: Clock): ConnectionsSessionStore {
  const keyOf = authKeys.connectionsSession;
  return {
    async put(id, session, expiresInSec) {
      const index = authKeys.connectionsSessions(session.accountId);
      const nowSec = Math.floor(clock() / 1000);
      await redis.runIdempotent((commands) =>
        commands
          .multi()
          .set(keyOf(id), JSON.stringify(session), "EX", expiresInSec)
          .zremrangebyscore(index, 0, nowSec)
          .zadd(index, nowSec + expiresInSec, id)
          .expire(index, expiresInSec)
          .exec(),
      );
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
    async endAll(account) {
      const index = authKeys.connectionsSessions(account);
      const members = await redis.runIdempotent((commands) => commands.zrange(index, 0, "-1"));
      const ids = hashes.parse(members);
      if (ids.length === 0) return;
      // Not in a transaction, which a full Redis would reject. Only what was read: a sign-in of this moment stays in the index.
      await redis.runIdempotent((commands) => commands.del(ids.map(keyOf)));
      await redis.runIdempotent((commands) => commands.zrem(index, ids));
    },
    async claimForm(form, expiresInSec) {
      return (await claimKey(redis, authKeys.connectionsForm(form), expiresInSec * 1000)) !== undefined;
    },
  };
}
