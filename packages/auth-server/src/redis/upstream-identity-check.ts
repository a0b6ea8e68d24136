import { ConfigurationError } from "@fjmcp/shared/config/environment";
import { authKeys } from "./auth-keys.ts";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { defineScript } from "./lua-script.ts";

/** Every start renews it, and nothing that it guards lives nearly as long without one. */
const keepSec = 10 * 365 * 86_400;

/** What the accounts and Forgejo tokens in Redis rest on. */
interface UpstreamIdentity {
  readonly url: string;
  /** FJMCP_FORGEJO_PREVIOUS_URL: the URL before, which named the same instance. */
  readonly previousUrl?: string | undefined;
  readonly clientId: string;
  /** Of the vault key. */
  readonly keyId: string;
  /** FJMCP_VAULT_DISCARD: the application and key before, as the refusal to start names them. */
  readonly vaultDiscard?: string | undefined;
}

// KEYS url, vault · ARGV url, previousUrl, vault, vaultDiscard, life in seconds. Answers {url, vault} as stored before.
const adopt = defineScript(`
local url, vault = unpack(redis.call("MGET", KEYS[1], KEYS[2]))
local sameUrl = not url or url == ARGV[1] or url == ARGV[2]
local sameVault = not vault or vault == ARGV[3] or vault == ARGV[4]
if not (sameUrl and sameVault) then return { sameUrl and "" or url, sameVault and "" or vault } end
redis.call("SET", KEYS[1], ARGV[1], "EX", ARGV[5])
redis.call("SET", KEYS[2], ARGV[3], "EX", ARGV[5])
return { "", "" }
`);

/**
 * Throws ConfigurationError, before anything is lost, when what is in Redis is not this configuration's: the accounts of
 * another Forgejo (the same number is another person there), or tokens that another vault key has encrypted or that were
 * given to another application. Those would all count as gone, and every grant would end.
 */
export async function checkUpstreamIdentity(
  connection: RedisConnection,
  now: UpstreamIdentity,
): Promise<void> {
  const { otherUrl, otherVault } = await adoptUnlessOther(connection, now);
  if (otherUrl === "" && otherVault !== "" && !(await holdsTokens(connection))) {
    // A slip at the first start, which costs nobody anything.
    await adoptUnlessOther(connection, { ...now, vaultDiscard: otherVault });
    return;
  }
  const faults = [
    ...(otherUrl === "" ? [] : [urlFault(now.url, otherUrl)]),
    ...(otherVault === "" ? [] : vaultFaults(now, otherVault)),
  ];
  if (faults.length > 0) throw new ConfigurationError(faults);
}

async function adoptUnlessOther(connection: RedisConnection, now: UpstreamIdentity) {
  const { url, previousUrl = url } = now;
  const vault = `${now.clientId}/${now.keyId}`;
  const values = [url, previousUrl, vault, now.vaultDiscard ?? vault, keepSec];
  const [otherUrl, otherVault] = (await connection.run((redis) =>
    adopt.run(redis, [authKeys.forgejoUrl, authKeys.vaultIdentity], values),
  )) as [string, string];
  return { otherUrl, otherVault };
}

async function holdsTokens(connection: RedisConnection): Promise<boolean> {
  let cursor = "0";
  do {
    const [next, found] = await connection.run((redis) =>
      redis.scan(cursor, "MATCH", "upstream:*", "COUNT", 1000),
    );
    if (found.length > 0) return true;
    cursor = next;
  } while (cursor !== "0");
  return false;
}

function urlFault(url: string, stored: string): string {
  return (
    `FJMCP_FORGEJO_URL: is ${url}, but the accounts in Redis are those of ${stored}. ` +
    `If both are the same instance, set FJMCP_FORGEJO_PREVIOUS_URL=${stored}; if not, use an empty Redis`
  );
}

function vaultFaults({ clientId, keyId }: UpstreamIdentity, stored: string): string[] {
  const storedKeyId = stored.slice(stored.lastIndexOf("/") + 1);
  const storedClientId = stored.slice(0, stored.lastIndexOf("/"));
  const remedy = `Put that back; if it is gone for good, set FJMCP_VAULT_DISCARD=${stored}: everybody signs in again`;
  return [
    ...(keyId === storedKeyId
      ? []
      : [`FJMCP_VAULT_KEY_FILE: the Forgejo tokens in Redis are encrypted with another key. ${remedy}`]),
    ...(clientId === storedClientId
      ? []
      : [
          `FJMCP_FORGEJO_CLIENT_ID: the Forgejo tokens in Redis are those of the application ${storedClientId}. ${remedy}`,
        ]),
  ];
}
