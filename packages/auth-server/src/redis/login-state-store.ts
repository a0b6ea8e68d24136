import { branded, type Hash } from "@fjmcp/shared/ids";
import type { LoginStateStore } from "../login/login-state-store.ts";
import { authKeys } from "./auth-keys.ts";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";

const loginBinding = branded<Hash>().optional();

export function createLoginStateStore(redis: RedisConnection): LoginStateStore {
  return {
    async put(state, binding, expiresInSec) {
      await redis.run((commands) => commands.set(authKeys.loginState(state), binding, "EX", expiresInSec));
    },
    async peek(state) {
      const binding = await redis.run((commands) => commands.get(authKeys.loginState(state)));
      return loginBinding.parse(binding ?? undefined);
    },
    async take(state) {
      return (await redis.run((commands) => commands.del(authKeys.loginState(state)))) === 1;
    },
  };
}
