import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { maxWrongUserCodes, pauseSec, type UserCodeAttempts } from "../web/user-code-attempts.ts";
import { authKeys } from "./auth-keys.ts";
import { defineScript, readLua } from "./lua-script.ts";

const giveBackAttempt = defineScript(readLua("give-back-attempt"), { keys: ["attempts"], args: [] });
const countAttempt = defineScript(readLua("count-attempt"), { keys: ["attempts"], args: ["expiresInSec"] });

export function createUserCodeAttempts(redis: RedisConnection): UserCodeAttempts {
  return {
    async claim(browser) {
      const keys = { attempts: authKeys.wrongUserCodes(browser) };
      const args = { expiresInSec: pauseSec };
      const attempts = await redis.run((commands) => countAttempt.run(commands, keys, args));
      return Number(attempts) <= maxWrongUserCodes;
    },
    async giveBack(browser) {
      const keys = { attempts: authKeys.wrongUserCodes(browser) };
      await redis.run((commands) => giveBackAttempt.run(commands, keys, {}));
    },
  };
}
