import type { Clock } from "@fjmcp/shared/clock";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import type { RecordStore } from "../provider/record-store.ts";
import { authKeys } from "./auth-keys.ts";
import { defineScript, readLua } from "./lua-script.ts";

/**
 * Interactions in progress: any number of them can be started by clients that no user knows. Each has at most about 7 KB,
 * so that all have 35 MB at most.
 */
const maxInteractions = 5_000;

const storeInteraction = defineScript(readLua("expiring-index") + readLua("store-interaction"), {
  keys: ["interaction", "interactions"],
  args: ["payload", "expiresInSec", "nowMs"],
  constants: { maxInteractions: String(maxInteractions) },
});

/** The records of interactions. Beyond 5,000, the one that was started first is deleted. */
export function createInteractionStore(redis: RedisConnection, clock: Clock): RecordStore {
  const keyOf = authKeys.interaction;
  return {
    async set(id, payload, expiresInSec) {
      const keys = { interaction: keyOf(id), interactions: authKeys.interactions };
      // Redis rejects 0, which is what a record that is written again in its last second has left.
      const args = { payload, expiresInSec: Math.max(1, expiresInSec), nowMs: clock() };
      await redis.run((commands) => storeInteraction.run(commands, keys, args));
    },
    async find(id) {
      return (await redis.run((commands) => commands.get(keyOf(id)))) ?? undefined;
    },
    async expire(id, expiresInSec) {
      await redis.run((commands) => commands.expire(keyOf(id), expiresInSec, "LT"));
    },
  };
}
