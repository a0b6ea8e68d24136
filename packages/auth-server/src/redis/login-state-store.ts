import { randomUUID } from "node:crypto";
import { hashSchema } from "@fjmcp/shared/ids";
import type { LoginState, LoginStateStore } from "../login/login-state-store.ts";
import { authKeys } from "./auth-keys.ts";
import { defineScript, readLua } from "./lua-script.ts";
import type { Clock } from "@fjmcp/shared/clock";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";

const loginBinding = hashSchema;
/** In the place of an outcome, with the owner of the claim. */
const running = "running:";

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

const releaseClaim = defineScript(readLua("release-lock"), { keys: ["lock"], args: ["owner"] });

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
    async claim(state, expiresInSec) {
      const key = authKeys.loginOutcome(state);
      const owner = `${running}${randomUUID()}`;
      const before = await redis.runIdempotent((commands) =>
        commands.set(key, owner, "EX", expiresInSec, "NX", "GET"),
      );
      if (before !== null && before !== owner) return undefined;
      return async () => {
        await redis.run((commands) => releaseClaim.run(commands, { lock: key }, { owner }));
      };
    },
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
  return stored.startsWith(running) ? "running" : { ciphertext: stored };
}
