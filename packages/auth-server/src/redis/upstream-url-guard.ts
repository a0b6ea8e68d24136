import { ConfigurationError } from "@fjmcp/shared/config/environment";
import { authKeys } from "./auth-keys.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { defineScript } from "./script.ts";

/** Every start renews it, and nothing that it guards lives nearly as long without one. */
const keepSec = 10 * 365 * 86_400;

const adopt = defineScript(`
local stored = redis.call("GET", KEYS[1])
if stored and stored ~= ARGV[1] and stored ~= ARGV[2] then return stored end
redis.call("SET", KEYS[1], ARGV[1], "EX", ARGV[3])
return false
`);

/**
 * Throws ConfigurationError when Redis holds the accounts of another Forgejo: the same account number is another person
 * there. `urlWas` (FJMCP_FORGEJO_URL_WAS) says that the URL before named the same instance.
 */
export async function guardForgejoUrl(
  connection: RedisConnection,
  forgejo: { url: string; urlWas?: string | undefined },
): Promise<void> {
  const { url, urlWas = url } = forgejo;
  const stored = (await connection.run((redis) =>
    adopt.run(redis, [authKeys.upstreamUrl], [url, urlWas, keepSec]),
  )) as string | null;
  if (stored === null) return;
  throw new ConfigurationError([
    `FJMCP_FORGEJO_URL: is ${url}, but the accounts in Redis are those of ${stored}. ` +
      `If both are the same instance, set FJMCP_FORGEJO_URL_WAS=${stored}; if not, use an empty Redis`,
  ]);
}
