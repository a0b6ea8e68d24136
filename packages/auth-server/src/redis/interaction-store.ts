import type { Clock } from "@fjmcp/shared/clock";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import type { InteractionStore } from "../provider/interaction-store.ts";
import { authKeys } from "./auth-keys.ts";
import { defineScript, readLua } from "./lua-script.ts";

/**
 * Interactions in progress: any number of them can be started by clients that no user knows. Each has at most about 7 KB,
 * so that all have 35 MB at most.
 */
const maxInteractions = 5_000;

const storeInteraction = defineScript(readLua("expiring-index") + readLua("store-interaction"), {
  keys: ["interaction", "interactions"],
  args: ["phase", "payload", "expiresInSec", "nowMs"],
  constants: { maxInteractions: String(maxInteractions) },
});

/** The records of interactions, each after its phase and a colon. Beyond 5,000, the one that was started first is deleted. */
export function createInteractionStore(redis: RedisConnection, clock: Clock): InteractionStore {
  const keyOf = authKeys.interaction;
  return {
    async set(id, { phase, payload, expiresInSec }) {
      const keys = { interaction: keyOf(id), interactions: authKeys.interactions };
      // Redis rejects 0, which is what a record that is written again in its last second has left.
      const args = { phase, payload, expiresInSec: Math.max(1, expiresInSec), nowMs: clock() };
      return (
        Number(await redis.runIdempotent((commands) => storeInteraction.run(commands, keys, args))) === 1
      );
    },
    async find(id) {
      const stored = await redis.runIdempotent((commands) => commands.get(keyOf(id)));
      return stored?.slice(stored.indexOf(":") + 1);
    },
    async expire(id, expiresInSec) {
      await redis.runIdempotent((commands) => commands.expire(keyOf(id), expiresInSec, "LT"));
    },
  };
}
