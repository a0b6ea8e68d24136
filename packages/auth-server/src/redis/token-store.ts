import { z } from "zod";
import { branded, type GrantId, type Hash } from "@fjmcp/shared/ids";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import type { Clock } from "@fjmcp/shared/clock";
import { redemptions, rotations, type TokenKind, type TokenStore } from "../grant/token-store.ts";
import { authKeys } from "./auth-keys.ts";
import { defineScript, readLua } from "./lua-script.ts";

const keyOf: Record<TokenKind, (hash: Hash) => string> = {
  access: redisKeys.accessToken,
  refresh: authKeys.refreshToken,
  code: authKeys.code,
};

/** Longer than a rotation and the immediate storing of its tokens can last. */
const lostAfterMs = 10_000;

const storeToken = defineScript(readLua("store-token"), {
  keys: ["token", "grant", "grantTokens", "revokedGrant", "accountGrants", "upstream", "source"],
  args: ["payload", "expiresInSec", "nowSec", "kind", "grantId", "redeemedAtMs", "completesResponse"],
});

const redeemCode = defineScript(readLua("redeem-code"), {
  keys: ["code"],
  args: ["nowMs", "doubleSubmitMs"],
});

const rotateRefreshToken = defineScript(readLua("rotate-refresh-token"), {
  keys: ["token"],
  args: ["nowMs", "graceMs", "lostAfterMs"],
});

const redemption = z.tuple([z.enum(redemptions), branded<GrantId>().optional()]);
const rotation = z.tuple([z.enum(rotations), branded<GrantId>().optional()]);

/**
 * `doubleSubmitMs`: how long a second redemption of a code counts as a client's own mistake. `refreshGraceMs`: how long
 * a rotated refresh token still gives its successor.
 */
export function createTokenStore(
  redis: RedisConnection,
  settings: { forgejoClientId: string; clock: Clock; doubleSubmitMs: number; refreshGraceMs: number },
): TokenStore {
  const { forgejoClientId, clock, doubleSubmitMs, refreshGraceMs } = settings;
  return {
    async store({ kind, hash, grantId, accountId, payload, expiresInSec, source }) {
      const keys = {
        token: keyOf[kind](hash),
        grant: redisKeys.grant(grantId),
        grantTokens: authKeys.grantTokens(grantId),
        revokedGrant: authKeys.revokedGrant(grantId),
        accountGrants: authKeys.accountGrants(accountId),
        upstream: authKeys.upstream(forgejoClientId, accountId),
        source: source === undefined ? "" : keyOf[source.kind](source.hash),
      };
      const args = {
        payload,
        expiresInSec,
        nowSec: Math.floor(clock() / 1000),
        kind,
        grantId,
        redeemedAtMs: source?.redeemedAtMs ?? "",
        completesResponse: source?.completesResponse ? 1 : 0,
      };
      const stored = await redis.run((commands) => storeToken.run(commands, keys, args));
      return stored === 1 ? "stored" : "rejected";
    },

    async find(kind, hash) {
      const key = keyOf[kind](hash);
      const payload = await redis.run((commands) =>
        kind === "access" ? commands.get(key) : commands.hget(key, "payload"),
      );
      return payload ?? undefined;
    },

    async redeemCode(hash) {
      const nowMs = clock();
      const result = await redis.run((commands) =>
        redeemCode.run(commands, { code: authKeys.code(hash) }, { nowMs, doubleSubmitMs }),
      );
      const [outcome, grantId] = redemption.parse(result);
      return { outcome, grantId, redeemedAtMs: nowMs };
    },

    async rotateRefreshToken(hash) {
      const keys = { token: authKeys.refreshToken(hash) };
      const args = { nowMs: clock(), graceMs: refreshGraceMs, lostAfterMs };
      const result = await redis.run((commands) => rotateRefreshToken.run(commands, keys, args));
      const [outcome, grantId] = rotation.parse(result);
      return { outcome, grantId };
    },
  };
}
