import { z } from "zod";
import { grantIdSchema, type Hash } from "@fjmcp/shared/ids";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import type { Clock } from "@fjmcp/shared/clock";
import {
  redemptions,
  rotations,
  type CodeKind,
  type TokenKind,
  type TokenStore,
} from "../grant/token-store.ts";
import { authKeys, grantIndexKeys, prefixOf } from "./auth-keys.ts";
import { defineScript, readLua } from "./lua-script.ts";

const keyOf: Record<TokenKind | CodeKind, (hash: Hash) => string> = {
  access: redisKeys.accessToken,
  refresh: authKeys.refreshToken,
  code: authKeys.code,
  device_code: authKeys.deviceCode,
};

/** Longer than a rotation and the immediate storing of its tokens can last. */
const lostAfterMs = 10_000;

/** How long a rotated refresh token is kept, at most: to recognise its replay. Longer than any grace period. */
const rotatedTokenSec = 24 * 3600;

const storeToken = defineScript(
  readLua("expiring-index") + readLua("token-access") + readLua("grant-application") + readLua("store-token"),
  {
    keys: [
      "token",
      "grant",
      "grantTokens",
      "accessTokens",
      "revokedGrant",
      "accountGrants",
      "accountGrantsByUse",
      "accountPersonalTokens",
      "source",
    ],
    args: [
      "payload",
      "expiresInSec",
      "nowMs",
      "kind",
      "grantId",
      "accountId",
      "firstForgejoClientId",
      "redeemedAtMs",
      "completesResponse",
    ],
    constants: {
      rotatedTokenSec: String(rotatedTokenSec),
      maxAccessTokensPerSource: "5",
      maxAccessTokensPerGrant: "20",
      maxRefreshTokensPerGrant: "100",
      upstreamPrefix: prefixOf(authKeys.upstream),
    },
  },
);

const redeemCode = defineScript(readLua("redeem-code"), {
  keys: ["code"],
  args: ["nowMs", "doubleSubmitMs"],
});

const rotateRefreshToken = defineScript(readLua("rotate-refresh-token"), {
  keys: ["token"],
  args: ["nowMs", "graceMs", "lostAfterMs"],
});

const redemption = z.tuple([z.enum(redemptions), grantIdSchema.optional()]);
const rotation = z.tuple([z.enum(rotations), grantIdSchema.optional()]);

/**
 * `firstForgejoClientId`: the application of grants that do not name theirs. `doubleSubmitMs`: how long a second redemption of a code counts as a client's own mistake. `refreshGraceMs`: how long
 * a rotated refresh token still gives its successor.
 */
export function createTokenStore(
  redis: RedisConnection,
  settings: { firstForgejoClientId: string; clock: Clock; doubleSubmitMs: number; refreshGraceMs: number },
): TokenStore {
  const { firstForgejoClientId, clock, doubleSubmitMs, refreshGraceMs } = settings;
  return {
    async store({ kind, hash, grantId, accountId, payload, expiresInSec, source }) {
      const keys = {
        token: keyOf[kind](hash),
        grant: redisKeys.grant(grantId),
        grantTokens: authKeys.grantTokens(grantId),
        accessTokens: authKeys.grantAccessTokens(grantId),
        revokedGrant: authKeys.revokedGrant(grantId),
        ...grantIndexKeys(accountId),
        source: source === undefined ? "" : keyOf[source.kind](source.hash),
      };
      const args = {
        payload,
        expiresInSec,
        nowMs: clock(),
        kind,
        grantId,
        accountId,
        firstForgejoClientId,
        redeemedAtMs: source?.redeemedAtMs ?? "",
        completesResponse: source?.completesResponse ? 1 : 0,
      };
      const stored = await redis.run((commands) => storeToken.run(commands, keys, args));
      return stored === 1 ? "stored" : "rejected";
    },

    async find(kind, hash) {
      const key = keyOf[kind](hash);
      if (kind === "access") return (await redis.run((commands) => commands.get(key))) ?? undefined;
      const [payload, rotatedAtMs] = await redis.run((commands) =>
        commands.hmget(key, "payload", "rotatedAtMs"),
      );
      if (typeof payload !== "string") return undefined;
      const isRotated = kind === "refresh" && typeof rotatedAtMs === "string";
      return isRotated ? validUntilMs(payload, Number(rotatedAtMs) + refreshGraceMs) : payload;
    },

    async redeemCode(hash, kind = "code") {
      const nowMs = clock();
      const result = await redis.run((commands) =>
        redeemCode.run(commands, { code: keyOf[kind](hash) }, { nowMs, doubleSubmitMs }),
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

/** The payload with an expiry that is no earlier: a rotation in the last moment of a token has its whole grace too. */
function validUntilMs(payload: string, untilMs: number): string {
  const members = JSON.parse(payload) as { exp: number };
  return JSON.stringify({ ...members, exp: Math.max(members.exp, Math.ceil(untilMs / 1000)) });
}
