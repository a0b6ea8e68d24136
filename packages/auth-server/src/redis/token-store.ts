import type { GrantId, Hash } from "@fjmcp/shared/ids";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import type { Clock } from "@fjmcp/shared/clock";
import type { Redemption, Rotation, TokenKind, TokenStore } from "../grant/token-store.ts";
import { authKeys } from "./auth-keys.ts";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { redeemCodeScript } from "./scripts/redeem-code.ts";
import { rotateRefreshTokenScript } from "./scripts/rotate-refresh-token.ts";
import { storeTokenScript } from "./scripts/store-token.ts";

const keyOf: Record<TokenKind, (hash: Hash) => string> = {
  access: redisKeys.accessToken,
  refresh: authKeys.refreshToken,
  code: authKeys.code,
};

/** Longer than a rotation and the storing of its tokens, which follow one another at once, can take. */
const lostAfterMs = 10_000;

/** `doubleSubmitMs`: how long a second redemption of a code counts as a client's own mistake. */
export function createTokenStore(
  redis: RedisConnection,
  options: { forgejoClientId: string; clock: Clock; doubleSubmitMs: number; refreshGraceMs: number },
): TokenStore {
  const { forgejoClientId, clock, doubleSubmitMs, refreshGraceMs } = options;
  return {
    async store({ kind, hash, grantId, accountId, clientId, payload, expiresInSec, source }) {
      const keys = [
        keyOf[kind](hash),
        redisKeys.grant(grantId),
        authKeys.grantTokens(grantId),
        authKeys.revokedGrant(grantId),
        authKeys.accountGrants(accountId),
        authKeys.upstream(forgejoClientId, accountId),
        ...(source === undefined ? [] : [keyOf[source.kind](source.hash)]),
      ];
      const nowSec = Math.floor(clock() / 1000);
      const args = [
        payload,
        expiresInSec,
        nowSec,
        kind,
        grantId,
        authKeys.client(clientId),
        source?.redeemedAtMs ?? "",
        source?.completesResponse ? 1 : 0,
      ];
      const stored = await redis.run((commands) => storeTokenScript.run(commands, keys, args));
      return stored === 1 ? "stored" : "ended";
    },

    async find(kind, hash) {
      const key = keyOf[kind](hash);
      const payload = await redis.run((commands) =>
        kind === "access" ? commands.get(key) : commands.hget(key, "payload"),
      );
      return payload ?? undefined;
    },

    async redeemCode(code) {
      const redeemedAtMs = clock();
      const answer = await redis.run((commands) =>
        redeemCodeScript.run(commands, [authKeys.code(code)], [redeemedAtMs, doubleSubmitMs]),
      );
      const [outcome, grantId] = answer as [Redemption, GrantId?];
      return { outcome, grantId, redeemedAtMs };
    },

    async rotateRefreshToken(token) {
      const answer = await redis.run((commands) =>
        rotateRefreshTokenScript.run(
          commands,
          [authKeys.refreshToken(token)],
          [clock(), refreshGraceMs, lostAfterMs],
        ),
      );
      const [outcome, grantId] = answer as [Rotation, GrantId?];
      return { outcome, grantId };
    },
  };
}
