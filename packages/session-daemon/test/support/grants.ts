import { randomBytes, randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { GrantId } from "@fjmcp/shared/ids";
import { scopes } from "@fjmcp/shared/oauth/mcp-resource";
import { toolsets } from "@fjmcp/shared/oauth/toolsets";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";

export interface FixtureGrant {
  readonly grantId: string;
  readonly accountId: string;
  readonly clientId: string;
  /** A plaintext access token. */
  readonly token: string;
}

/** Writes a grant and an access token of it as the auth-server does; `record` overrides members of the token record. */
export async function writeGrant(
  redis: Redis,
  who: { accountId?: string; clientId?: string; grantId?: string } = {},
  record: Record<string, unknown> = {},
): Promise<FixtureGrant> {
  const grant = {
    accountId: who.accountId ?? "1",
    clientId: who.clientId ?? "client-1",
    grantId: who.grantId ?? randomUUID(),
    token: randomBytes(32).toString("base64url"),
  };
  const now = Math.floor(Date.now() / 1000);
  const { token, ...ids } = grant;
  const stored = {
    kind: "AccessToken",
    ...ids,
    jti: sha256Hex(token),
    aud: `${issuer}/mcp`,
    scope: scopes.join(" "),
    requestedScope: scopes.join(" "),
    toolsets,
    iat: now,
    exp: now + 3600,
    ...record,
  };
  await redis.set(redisKeys.grant(grant.grantId as GrantId), JSON.stringify(ids));
  await redis.set(redisKeys.accessToken(sha256Hex(token)), JSON.stringify(stored));
  return grant;
}

/** Ends a grant in the store as the auth-server does, without telling the session-daemon. */
export async function endGrant(redis: Redis, grant: FixtureGrant): Promise<void> {
  await redis.del(redisKeys.grant(grant.grantId as GrantId), redisKeys.accessToken(sha256Hex(grant.token)));
}

/** Rewrites the token record of a grant as the auth-server does when its user narrows it. */
export async function rewriteToken(redis: Redis, grant: FixtureGrant, change: object): Promise<void> {
  const key = redisKeys.accessToken(sha256Hex(grant.token));
  const record = JSON.parse((await redis.get(key)) ?? "{}") as object;
  await redis.set(key, JSON.stringify({ ...record, ...change }));
}

export const issuer = "https://mcp.example.org";
