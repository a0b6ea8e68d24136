import { z } from "zod";
import type { Clock } from "@fjmcp/shared/clock";
import { hashSchema } from "@fjmcp/shared/ids";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { pollOutcomes, type DeviceCodeStore } from "../grant/device-code-store.ts";
import { authKeys } from "./auth-keys.ts";
import { defineScript, readLua } from "./lua-script.ts";

/** Any number of them can be requested by clients that no user knows. Each has at most about 5 KB. */
const maxDeviceCodes = 5_000;
/** How long an expired code is kept. */
const expiredSec = 300;

const storeDeviceCode = defineScript(readLua("expiring-index") + readLua("store-device-code"), {
  keys: ["deviceCode", "userCode", "deviceCodes", "userCodes"],
  args: ["payload", "hash", "expiresInSec", "keepSec", "nowMs"],
  constants: { maxDeviceCodes: String(maxDeviceCodes) },
});
const pollDeviceCode = defineScript(readLua("poll-device-code"), {
  keys: ["deviceCode"],
  args: ["nowMs", "intervalMs"],
});
const decideDeviceCode = defineScript(readLua("decide-device-code"), {
  keys: ["deviceCode", "grantTokens"],
  args: ["payload", "grantId"],
});
const poll = z.enum(pollOutcomes);

/** Device codes are hashes of Redis: `payload`, `polledAtMs`, `decided`; and, once allowed, those of a code. */
export function createDeviceCodeStore(redis: RedisConnection, clock: Clock): DeviceCodeStore {
  const find: DeviceCodeStore["find"] = async (code) =>
    (await redis.runIdempotent((commands) => commands.hget(authKeys.deviceCode(code), "payload"))) ??
    undefined;

  return {
    async create({ hash, userCode, payload, expiresInSec }) {
      const keys = {
        deviceCode: authKeys.deviceCode(hash),
        userCode: authKeys.userCode(userCode),
        deviceCodes: authKeys.deviceCodes,
        userCodes: authKeys.userCodes,
      };
      const args = { payload, hash, expiresInSec, keepSec: expiresInSec + expiredSec, nowMs: clock() };
      return (await redis.run((commands) => storeDeviceCode.run(commands, keys, args))) === 1;
    },

    find,

    async findByUserCode(userCode) {
      const stored = await redis.runIdempotent((commands) => commands.get(authKeys.userCode(userCode)));
      if (stored === null) return undefined;
      const hash = hashSchema.parse(stored);
      const [payload, decided] = await redis.runIdempotent((commands) =>
        commands.hmget(authKeys.deviceCode(hash), "payload", "decided"),
      );
      return typeof payload === "string" && typeof decided !== "string" ? { hash, payload } : undefined;
    },

    async poll(code, intervalMs) {
      const keys = { deviceCode: authKeys.deviceCode(code) };
      const args = { nowMs: clock(), intervalMs };
      return poll.parse(await redis.run((commands) => pollDeviceCode.run(commands, keys, args)));
    },

    async decide(code, { payload, grantId }) {
      const keys = {
        deviceCode: authKeys.deviceCode(code),
        grantTokens: grantId === undefined ? "" : authKeys.grantTokens(grantId),
      };
      const args = { payload, grantId: grantId ?? "" };
      return (await redis.runIdempotent((commands) => decideDeviceCode.run(commands, keys, args))) === 1;
    },
  };
}
