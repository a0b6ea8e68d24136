import type { Redis } from "ioredis";
import { z } from "zod";
import type { Clock } from "@fjmcp/shared/clock";
import {
  accountIdSchema,
  clientIdSchema,
  grantIdSchema,
  type AccountId,
  type GrantId,
} from "@fjmcp/shared/ids";
import { maxLastTools } from "@fjmcp/shared/ipc/grant-uses";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { grantStoreOutcomes, type GrantStore, type NarrowingOutcome } from "../grant/grant-store.ts";
import { maxPersonalTokens } from "../grant/personal-token.ts";
import { authKeys, grantIndexKeys, prefixOf } from "./auth-keys.ts";
import { defineScript, readLua } from "./lua-script.ts";
import { runRepeatable } from "./run-repeatable.ts";

/** Longer than any request in flight that may still store tokens of the grant. */
const tombstoneSec = 3600;
/** Living grants of one account. */
const defaultMaxGrants = 100;
/** Redis serves nothing else during a step. */
const maxTokensPerStep = 500;

const grantPrefix = prefixOf(redisKeys.grant);

const storeGrant = defineScript(readLua("grant-index") + readLua("store-grant"), {
  keys: ["grant", "accountGrants", "accountGrantsByUse", "accountPersonalTokens", "upstream"],
  args: ["payload", "expiresInSec", "grantId", "maxGrants", "isPersonalToken"],
  constants: { grantPrefix, maxPersonalTokens: String(maxPersonalTokens) },
});

const revokeGrant = defineScript(
  readLua("grant-index") +
    readLua("grant-application") +
    readLua("grants-of-application") +
    readLua("delete-grant-tokens") +
    readLua("revoke-grant"),
  {
    keys: [
      "grant",
      "grantTokens",
      "accessTokens",
      "grantTools",
      "revokedGrant",
      "accountGrants",
      "accountGrantsByUse",
      "accountPersonalTokens",
      "upstream",
      "sessionsOfGrant",
      "sessionsOfAccount",
      "sessionAccounts",
    ],
    args: [
      "grantId",
      "accountId",
      "forgejoClientId",
      "firstForgejoClientId",
      "tombstoneSec",
      "maxTokensPerStep",
    ],
    constants: { grantPrefix, sessionPrefix: prefixOf(redisKeys.session) },
  },
);

const narrowGrant = defineScript(readLua("token-access") + readLua("narrow-grant"), {
  keys: ["grant", "accessTokens"],
  args: ["scope", "toolsets"],
});

const renameGrant = defineScript(readLua("rename-grant"), { keys: ["grant"], args: ["label"] });

const narrowings: Readonly<Record<number, NarrowingOutcome>> = { 1: "narrowed", 0: "unknown", [-1]: "empty" };

const deleteGrantTokens = defineScript(`${readLua("delete-grant-tokens")} return deleteGrantTokens()`, {
  keys: ["grantTokens", "accessTokens"],
  args: ["maxTokensPerStep"],
});

const recordTools = defineScript(readLua("record-tools"), {
  keys: ["grant", "grantTools"],
  args: ["tools"],
  constants: { maxTools: String(maxLastTools) },
});

const storeOutcome = z.tuple([z.enum(grantStoreOutcomes), grantIdSchema.optional()]);
const ownedGrant = z.object({
  accountId: accountIdSchema,
  clientId: clientIdSchema,
  label: z.string().optional(),
  forgejoClientId: z.string().optional(),
});
const grantIds = z.array(grantIdSchema);

async function recordToolsOf(
  commands: Redis,
  { grantId, tools = [] }: { grantId: GrantId; tools?: readonly string[] | undefined },
): Promise<void> {
  if (tools.length === 0) return;
  const keys = { grant: redisKeys.grant(grantId), grantTools: authKeys.grantTools(grantId) };
  await recordTools.run(commands, keys, { tools: tools.join(" ") });
}

/** `firstForgejoClientId`: the application of grants that do not name theirs. */
export function createGrantStore(
  redis: RedisConnection,
  firstForgejoClientId: string,
  clock: Clock,
  maxGrants = defaultMaxGrants,
): GrantStore {
  async function find(grant: GrantId): Promise<string | undefined> {
    return (await redis.runIdempotent((commands) => commands.get(redisKeys.grant(grant)))) ?? undefined;
  }

  async function deleteTokens(
    keys: { grantTokens: string; accessTokens: string },
    count: number,
  ): Promise<void> {
    for (let left = count; left > 0;) {
      const step = redis.run((commands) => deleteGrantTokens.run(commands, keys, { maxTokensPerStep }));
      left = Number(await step);
    }
  }

  async function ownerOf(grant: GrantId) {
    const payload = await find(grant);
    if (payload === undefined) return undefined;
    const { forgejoClientId = firstForgejoClientId, ...owner } = ownedGrant.parse(JSON.parse(payload));
    return { ...owner, forgejoClientId };
  }

  async function grantsOf(account: AccountId): Promise<GrantId[]> {
    const ids = await redis.runIdempotent((commands) =>
      commands.zrange(authKeys.accountGrants(account), 0, "-1"),
    );
    return grantIds.parse(ids);
  }

  return {
    async store({ grantId, accountId, payload, expiresInSec, isPersonalToken = false, ...application }) {
      const { forgejoClientId = firstForgejoClientId } = application;
      const keys = {
        grant: redisKeys.grant(grantId),
        ...grantIndexKeys(accountId),
        upstream: authKeys.upstream(forgejoClientId, accountId),
      };
      const args = { payload, expiresInSec, grantId, maxGrants, isPersonalToken: isPersonalToken ? 1 : 0 };
      const result = await redis.runIdempotent((commands) => storeGrant.run(commands, keys, args));
      const [outcome, leastRecentlyUsed] = storeOutcome.parse(result);
      return { outcome, leastRecentlyUsed };
    },

    find,

    ownerOf,

    async narrow(grantId, { scopes, toolsets }) {
      const keys = { grant: redisKeys.grant(grantId), accessTokens: authKeys.grantAccessTokens(grantId) };
      const args = { scope: scopes.join(" "), toolsets: toolsets.join(" ") };
      const result = Number(await redis.runIdempotent((commands) => narrowGrant.run(commands, keys, args)));
      return narrowings[result]!;
    },

    async rename(grantId, label) {
      const keys = { grant: redisKeys.grant(grantId) };
      return (await redis.runIdempotent((commands) => renameGrant.run(commands, keys, { label }))) === 1;
    },

    async revoke(grantId) {
      // The owner of a grant never changes, nor what it rests on.
      const owner = await ownerOf(grantId);
      if (owner === undefined) return undefined;
      const { accountId, forgejoClientId } = owner;
      const tokenKeys = {
        grantTokens: authKeys.grantTokens(grantId),
        accessTokens: authKeys.grantAccessTokens(grantId),
      };
      const keys = {
        ...tokenKeys,
        ...grantIndexKeys(accountId),
        upstream: authKeys.upstream(forgejoClientId, accountId),
        grant: redisKeys.grant(grantId),
        grantTools: authKeys.grantTools(grantId),
        revokedGrant: authKeys.revokedGrant(grantId),
        sessionsOfGrant: redisKeys.sessionsOfGrant(grantId),
        sessionsOfAccount: redisKeys.sessionsOfAccount(accountId),
        sessionAccounts: redisKeys.sessionAccounts,
      };
      const args = {
        grantId,
        accountId,
        forgejoClientId,
        firstForgejoClientId,
        tombstoneSec,
        maxTokensPerStep,
      };
      const { reply, wasRepeated } = await runRepeatable(redis, (commands) =>
        revokeGrant.run(commands, keys, args),
      );
      const [tokensLeft, sessions] = reply as [number, number];
      // One that is not alive after a lost reply counts as revoked by this call.
      if (tokensLeft < 0 && !wasRepeated) return undefined;
      // The grant is revoked: records of its tokens that are left are of no use, and expire.
      await deleteTokens(tokenKeys, Math.abs(tokensLeft)).catch(() => undefined);
      return { ...owner, sessions };
    },

    grantsOf,

    async grantsOn(account, forgejoClientId) {
      const grants = await grantsOf(account);
      const owners = await Promise.all(grants.map(ownerOf));
      return grants.filter((_, index) => owners[index]?.forgejoClientId === forgejoClientId);
    },

    async recordUses(uses) {
      const nowMs = clock();
      await redis.run(async (commands) => {
        const chain = commands.pipeline();
        // XX: only the index of the grant's own account has it.
        for (const { grantId, accountId, usedAtMs } of uses)
          chain.zadd(authKeys.accountGrantsByUse(accountId), "XX", "GT", Math.min(usedAtMs, nowMs), grantId);
        const replies = await chain.exec();
        const failed = replies?.find(([error]) => error !== null);
        if (failed?.[0]) throw failed[0];
        await Promise.all(uses.map((use) => recordToolsOf(commands, use)));
      });
    },
  };
}
