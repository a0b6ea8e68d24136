import { hashSchema } from "@fjmcp/shared/ids";
import type { LoginState, LoginStateStore } from "../login/login-state-store.ts";
import { authKeys } from "./auth-keys.ts";
import { claimedBy, claimKey } from "./claim-key.ts";
import { defineScript, readLua } from "./lua-script.ts";
import type { Clock } from "@fjmcp/shared/clock";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";

const loginBinding = hashSchema;

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
      await redis.runIdempotent((commands) => storeLoginState.run(commands, keys, args));
    },
    async find(state) {
      const [binding, outcome] = await redis.runIdempotent((commands) =>
        commands.mget(authKeys.loginState(state), authKeys.loginOutcome(state)),
      );
      if (typeof binding !== "string") return undefined;
      return { binding: loginBinding.parse(binding), outcome: outcomeOf(outcome) };
    },
    // In the place of the outcome, until there is one.
    claim: (state, expiresInSec) => claimKey(redis, authKeys.loginOutcome(state), expiresInSec * 1000),
    async complete(state, ciphertext, expiresInSec) {
      // The outcome expires last: without it the state could be claimed again.
      await redis.runIdempotent((commands) =>
        commands
          .multi()
          .expire(authKeys.loginState(state), expiresInSec, "LT")
          .set(authKeys.loginOutcome(state), ciphertext, "EX", expiresInSec + 1)
          .exec(),
      );
    },
  };
}

function outcomeOf(stored: string | null | undefined): LoginState["outcome"] {
  if (stored === undefined || stored === null) return undefined;
  return stored.startsWith(claimedBy) ? "running" : { ciphertext: stored };
}
