import { hashSchema } from "@fjmcp/shared/ids";
import type { LoginStateStore } from "../login/login-state-store.ts";
import { authKeys } from "./auth-keys.ts";
import { defineScript, readLua } from "./lua-script.ts";
import type { Clock } from "@fjmcp/shared/clock";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";

const loginBinding = hashSchema;
const running = "running";

/**
 * Any number of logins can be started by browsers that no user knows. Each has about 300 bytes, so that all have 6 MB. One
 * address cannot start as many while a state lives, see rate-limiter.ts.
 */
const maxStates = 20_000;

const storeLoginState = defineScript(readLua("expiring-index") + readLua("store-login-state"), {
  keys: ["state", "states"],
  args: ["binding", "expiresInSec", "nowMs"],
  constants: { maxStates: String(maxStates) },
});

/** Logins in progress. Beyond 20,000, the one that was started first is deleted. */
export function createLoginStateStore(redis: RedisConnection, clock: Clock): LoginStateStore {
  return {
    async put(state, binding, expiresInSec) {
      const keys = { state: authKeys.loginState(state), states: authKeys.loginStates };
      const args = { binding, expiresInSec, nowMs: clock() };
      await redis.run((commands) => storeLoginState.run(commands, keys, args));
    },
    async find(state) {
      const [binding, outcome] = await redis.run((commands) =>
        commands.mget(authKeys.loginState(state), authKeys.loginOutcome(state)),
      );
      if (typeof binding !== "string") return undefined;
      const isOpen = outcome === undefined || outcome === null || outcome === running;
      return {
        binding: loginBinding.parse(binding),
        outcome: isOpen ? (outcome ?? undefined) : { ciphertext: outcome },
      };
    },
    async claim(state, expiresInSec) {
      const key = authKeys.loginOutcome(state);
      return (await redis.run((commands) => commands.set(key, running, "EX", expiresInSec, "NX"))) === "OK";
    },
    async release(state) {
      await redis.run((commands) => commands.del(authKeys.loginOutcome(state)));
    },
    async complete(state, ciphertext, expiresInSec) {
      // The state goes first: without its outcome it could be claimed again.
      await redis.run((commands) => commands.expire(authKeys.loginState(state), expiresInSec, "LT"));
      await redis.run((commands) =>
        commands.set(authKeys.loginOutcome(state), ciphertext, "EX", expiresInSec + 1),
      );
    },
  };
}
