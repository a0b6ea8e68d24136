import { hashSchema } from "@fjmcp/shared/ids";
import type { LoginStateStore } from "../login/login-state-store.ts";
import { authKeys } from "./auth-keys.ts";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";

const loginBinding = hashSchema;
const running = "running";

export function createLoginStateStore(redis: RedisConnection): LoginStateStore {
  return {
    async put(state, binding, expiresInSec) {
      await redis.run((commands) =>
        commands.set(authKeys.loginState(state), binding, "EX", expiresInSec, "NX"),
      );
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
