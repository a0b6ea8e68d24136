import { z } from "zod";
import type { Hash } from "@fjmcp/shared/ids";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import type { Clock } from "@fjmcp/shared/clock";
import {
  issueOutcomes,
  type PresentedCredential,
  type TokenKind,
  type TokenStore,
} from "../grant/token-store.ts";
import { retryWhileUnavailable } from "../retry-while-unavailable.ts";
import { authKeys, grantIndexKeys, prefixOf } from "./auth-keys.ts";
import { defineScript, readLua } from "./lua-script.ts";

const keyOf: Record<TokenKind | PresentedCredential["kind"], (hash: Hash) => string> = {
  access: redisKeys.accessToken,
  refresh: authKeys.refreshToken,
  code: authKeys.code,
  device_code: authKeys.deviceCode,
};

/** How long storing the tokens of a response is repeated while Redis is unavailable. */
const storingTimeoutMs = 5000;

/** How long a rotated refresh token is kept, at most: to recognise its replay. Longer than any grace period. */
const rotatedTokenSec = 24 * 3600;

const issueTokens = defineScript(
  readLua("expiring-index") +
    readLua("token-access") +
    readLua("grant-application") +
    readLua("token-records") +
    readLua("issue-tokens"),
  {
    keys: [
      "access",
      "created",
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
      "accessPayload",
      "accessSec",
      "createdKind",
      "createdPayload",
      "createdSec",
      "sourceKind",
      "nowMs",
      "doubleSubmitMs",
      "graceMs",
      "grantId",
      "accountId",
      "firstForgejoClientId",
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

const readPresentedToken = defineScript(readLua("grant-application") + readLua("read-presented-token"), {
  keys: ["token"],
  args: ["kind", "firstForgejoClientId"],
  constants: { grantPrefix: prefixOf(redisKeys.grant), upstreamPrefix: prefixOf(authKeys.upstream) },
});

const text = z.string().nullable();
const presentedToken = z.tuple([text, text, text, text, text]);
const issueOutcome = z.enum(issueOutcomes);

/**
 * `firstForgejoClientId`: the application of grants that do not name theirs. `doubleSubmitMs`: how long a second redemption of
 * a code counts as a client's own mistake. `refreshGraceMs`: how long a rotated refresh token still gives its successor.
 */
export function createTokenStore(
  redis: RedisConnection,
  settings: { firstForgejoClientId: string; clock: Clock; doubleSubmitMs: number; refreshGraceMs: number },
): TokenStore {
  const { firstForgejoClientId, clock, doubleSubmitMs, refreshGraceMs } = settings;
  return {
    async issue({ grantId, accountId, tokens: { access, refresh, code }, source }) {
      const created = refresh ?? code;
      const createdKind = refresh === undefined ? "code" : "refresh";
      const keys = {
        access: access === undefined ? "" : keyOf.access(access.hash),
        created: created === undefined ? "" : keyOf[createdKind](created.hash),
        grant: redisKeys.grant(grantId),
        grantTokens: authKeys.grantTokens(grantId),
        accessTokens: authKeys.grantAccessTokens(grantId),
        revokedGrant: authKeys.revokedGrant(grantId),
        ...grantIndexKeys(accountId),
        source: source === undefined ? "" : keyOf[source.kind](source.hash),
      };
      const args = {
        accessPayload: access?.payload ?? "",
        accessSec: access?.expiresInSec ?? "",
        createdKind: created === undefined ? "" : createdKind,
        createdPayload: created?.payload ?? "",
        createdSec: created?.expiresInSec ?? "",
        sourceKind: source?.kind ?? "",
        nowMs: clock(),
        doubleSubmitMs,
        graceMs: refreshGraceMs,
        grantId,
        accountId,
        firstForgejoClientId,
      };
      // Without a retry the client would need a new attempt, or even a new login: its step may have been applied.
      const reply = await retryWhileUnavailable(storingTimeoutMs, () =>
        redis.run((commands) => issueTokens.run(commands, keys, args)),
      );
      return issueOutcome.parse(reply);
    },

    async findAccess(hash) {
      return (await redis.runIdempotent((commands) => commands.get(keyOf.access(hash)))) ?? undefined;
    },

    async findPresented(kind, hash) {
      const keys = { token: keyOf[kind](hash) };
      const args = { kind, firstForgejoClientId };
      const reply = await redis.runIdempotent((commands) => readPresentedToken.run(commands, keys, args));
      const [payload, rotatedAtMs, grant, checkedSec, renewAtSec] = presentedToken.parse(reply);
      if (payload === null) return undefined;
      const isRotated = kind === "refresh" && rotatedAtMs !== null;
      return {
        payload: isRotated ? validUntilMs(payload, Number(rotatedAtMs) + refreshGraceMs) : payload,
        ...(grant !== null && { grant }),
        upstream: { checkedSec: Number(checkedSec ?? 0), renewAtSec: Number(renewAtSec ?? 0) },
      };
    },
  };
}

/** The payload with an expiry that is no earlier: a rotation in the last moment of a token has its whole grace too. */
function validUntilMs(payload: string, untilMs: number): string {
  const members = JSON.parse(payload) as { exp: number };
  return JSON.stringify({ ...members, exp: Math.max(members.exp, Math.ceil(untilMs / 1000)) });
}
