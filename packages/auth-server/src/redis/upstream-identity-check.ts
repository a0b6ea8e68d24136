import { ConfigurationError } from "@fjmcp/shared/config/environment";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { authKeys, prefixOf } from "./auth-keys.ts";
import { defineScript, readLua } from "./lua-script.ts";

/** Renewed by every start, and far longer than the records that it guards live without one. */
const keepSec = 10 * 365 * 86_400;

/** The configuration that the accounts and Forgejo tokens in Redis depend on. */
interface UpstreamIdentity {
  readonly url: string;
  /** FJMCP_FORGEJO_PREVIOUS_URL: an earlier URL of the same instance. */
  readonly previousUrl?: string | undefined;
  readonly clientId: string;
  /** Of the vault key. */
  readonly keyId: string;
  /** FJMCP_VAULT_DISCARD: the application and key to give up, as the error at the start names them. */
  readonly vaultDiscard?: string | undefined;
}

const recordUpstreamIdentity = defineScript(readLua("record-upstream-identity"), {
  keys: ["forgejoUrl", "vaultIdentity"],
  args: ["url", "previousUrl", "vault", "vaultDiscard", "keepSec"],
});

/**
 * Records the configuration's identity in Redis. Throws ConfigurationError, before anything is lost, when Redis holds
 * another one: the accounts of another Forgejo (where the same number is another user), or tokens that were encrypted
 * with another vault key or issued to another application. Those would all count as missing, and every grant would be
 * revoked.
 */
export async function checkUpstreamIdentity(
  connection: RedisConnection,
  identity: UpstreamIdentity,
): Promise<void> {
  const { otherUrl, otherVault } = await recordIdentity(connection, identity);
  if (otherUrl === "" && otherVault !== "" && !(await hasVaultRecords(connection))) {
    // A mistake at the first start, before any login: no tokens are lost.
    await recordIdentity(connection, { ...identity, vaultDiscard: otherVault });
    return;
  }
  const faults = [
    ...(otherUrl === "" ? [] : [urlFault(identity.url, otherUrl)]),
    ...(otherVault === "" ? [] : vaultFaults(identity, otherVault)),
  ];
  if (faults.length > 0) throw new ConfigurationError(faults);
}

/** Writes nothing when a different identity is stored; each member is "" when it is the same. */
async function recordIdentity(connection: RedisConnection, identity: UpstreamIdentity) {
  const { url, previousUrl = url, clientId, keyId } = identity;
  const vault = `${clientId}/${keyId}`;
  const keys = { forgejoUrl: authKeys.forgejoUrl, vaultIdentity: authKeys.vaultIdentity };
  const args = { url, previousUrl, vault, vaultDiscard: identity.vaultDiscard ?? vault, keepSec };
  const [otherUrl, otherVault] = (await connection.run((redis) =>
    recordUpstreamIdentity.run(redis, keys, args),
  )) as [string, string];
  return { otherUrl, otherVault };
}

/** Whether there are records of any Forgejo application. */
async function hasVaultRecords(connection: RedisConnection): Promise<boolean> {
  const pattern = `${prefixOf(authKeys.upstream)}*`;
  let cursor = "0";
  do {
    const [next, found] = await connection.run((redis) =>
      redis.scan(cursor, "MATCH", pattern, "COUNT", 1000),
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
  const remedy = `Put that back; if it is permanently lost, set FJMCP_VAULT_DISCARD=${stored}: every user must sign in again`;
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
