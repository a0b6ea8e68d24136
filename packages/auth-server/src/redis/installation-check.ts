import { z } from "zod";
import type { Clock } from "@fjmcp/shared/clock";
import { ConfigurationError } from "@fjmcp/shared/config/environment";
import { parseRecord } from "@fjmcp/shared/parse-record";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { installationFaults, type Installation, type StoredInstallation } from "./installation-faults.ts";
import { authKeys, prefixOf } from "./auth-keys.ts";
import { defineScript, readLua } from "./lua-script.ts";
import { scanKeys } from "./scan-keys.ts";

/** Renewed by every start, and far longer than the records that it guards live without one. */
const keepSec = 10 * 365 * 86_400;
/** How long an auth-server that was killed counts as running. */
const leaseMs = 15_000;
const renewMs = 5_000;
/** Another auth-server that starts at the same moment makes a claim fail; the next one sees it. */
const maxClaims = 20;

const storedInstallation = z.object({
  issuer: z.string(),
  forgejoUrl: z.string(),
  forgejoClientId: z.string(),
  readOnlyForgejoClientId: z.string().optional(),
  vaultKeyId: z.string(),
  derivationKeyIds: z.array(z.string()),
  cookieKeyId: z.string(),
});

const claimInstallation = defineScript(readLua("claim-installation"), {
  keys: ["installation", "authServers"],
  args: ["self", "seen", "othersRun", "own", "nowMs", "expiresAtMs", "leaseMs", "keepSec"],
});

/** What Redis holds of the installation, and whether this configuration may use it. */
interface Comparison {
  /** The stored text; empty when there is none. */
  readonly seen: string;
  readonly othersRun: boolean;
  readonly faults: readonly string[];
}

/**
 * The faults of a configuration that contradicts what Redis holds, before anything is lost: the accounts of another
 * Forgejo (where the same number is another user), tokens that were encrypted with another vault key or issued to
 * another application, or another issuer or derivation key, with which every client must connect again. Changes nothing.
 */
export async function findInstallationFaults(
  connection: RedisConnection,
  own: Installation,
  clock: Clock,
): Promise<readonly string[]> {
  return (await compare(connection, own, { self: "", nowMs: clock() })).faults;
}

/**
 * Stores the installation of this configuration, and keeps the auth-server registered as running until the returned
 * function is called. Throws ConfigurationError with the faults that `findInstallationFaults` describes.
 */
export async function claimInstallationFor(
  connection: RedisConnection,
  own: Installation,
  { self, clock }: { self: string; clock: Clock },
): Promise<() => Promise<void>> {
  const keys = { installation: authKeys.installation, authServers: authKeys.authServers };
  for (let claims = 0; claims < maxClaims; claims += 1) {
    const nowMs = clock();
    const { seen, othersRun, faults } = await compare(connection, own, { self, nowMs });
    if (faults.length > 0) throw new ConfigurationError(faults);
    const args = {
      self,
      seen,
      othersRun: othersRun ? 1 : 0,
      own: textOf(own),
      nowMs,
      expiresAtMs: nowMs + leaseMs,
      leaseMs,
      keepSec,
    };
    const claimed = await connection.runIdempotent((redis) => claimInstallation.run(redis, keys, args));
    if (claimed === 1) return keepRegistered(connection, self, clock);
  }
  throw new Error("The installation in Redis changes all the time.");
}

function keepRegistered(connection: RedisConnection, self: string, clock: Clock): () => Promise<void> {
  const key = authKeys.authServers;
  const timer = setInterval(() => {
    connection
      .run((redis) =>
        redis
          .multi()
          .zadd(key, clock() + leaseMs, self)
          .pexpire(key, leaseMs)
          .exec(),
      )
      // An outage is logged by the connection; the lease is renewed after it.
      .catch(() => undefined);
  }, renewMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await connection.run((redis) => redis.zrem(key, self)).catch(() => undefined);
  };
}

async function compare(
  connection: RedisConnection,
  own: Installation,
  { self, nowMs }: { self: string; nowMs: number },
): Promise<Comparison> {
  const [text, running] = await connection.runIdempotent((redis) =>
    Promise.all([
      redis.get(authKeys.installation),
      redis.zrangebyscore(authKeys.authServers, `(${nowMs}`, "+inf"),
    ]),
  );
  const stored: StoredInstallation | undefined = parseRecord(storedInstallation, text);
  const othersRun = running.some((id) => id !== self);
  const isSame = stored === undefined || text === textOf(own);
  const state = { othersRun, hasAccounts: !isSame && (await hasAccounts(connection)) };
  return { seen: text ?? "", othersRun, faults: isSame ? [] : installationFaults(own, stored, state) };
}

/** The stored part alone, its members in one order. */
function textOf(own: Installation): string {
  return JSON.stringify(storedInstallation.parse(own));
}

/** Whether there are Forgejo tokens of any Forgejo application: an account has them as long as it is connected. */
async function hasAccounts(connection: RedisConnection): Promise<boolean> {
  const { done } = await scanKeys(connection, prefixOf(authKeys.upstream)).next();
  return done !== true;
}
