import type { Clock } from "@fjmcp/shared/clock";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { maxWrongUserCodes, pauseSec, type UserCodeAttempts } from "../web/user-code-attempts.ts";
import { authKeys } from "./auth-keys.ts";
import { defineScript, readLua } from "./lua-script.ts";

/** A browser without its cookie is a new one: a program can be any number of them. */
const maxBrowsers = 5_000;

const giveBackAttempt = defineScript(readLua("give-back-attempt"), { keys: ["attempts"], args: [] });
const countAttempt = defineScript(readLua("expiring-index") + readLua("count-attempt"), {
  keys: ["attempts", "browsers"],
  args: ["expiresInSec", "nowMs"],
  constants: { maxBrowsers: String(maxBrowsers) },
});

/** Beyond 5,000 browsers, the count of the one that began first is deleted. */
export function createUserCodeAttempts(redis: RedisConnection, clock: Clock): UserCodeAttempts {
  return {
    async claim(browser) {
      const keys = { attempts: authKeys.wrongUserCodes(browser), browsers: authKeys.userCodeBrowsers };
      const args = { expiresInSec: pauseSec, nowMs: clock() };
      const attempts = await redis.run((commands) => countAttempt.run(commands, keys, args));
      return Number(attempts) <= maxWrongUserCodes;
    },
    async giveBack(browser) {
      const keys = { attempts: authKeys.wrongUserCodes(browser) };
      await redis.run((commands) => giveBackAttempt.run(commands, keys, {}));
    },
  };
}
