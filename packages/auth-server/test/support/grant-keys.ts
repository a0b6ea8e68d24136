import type { Redis } from "ioredis";
import { authKeys } from "../../src/redis/auth-keys.ts";

const identityKeys: ReadonlySet<string> = new Set([authKeys.installation, authKeys.authServers]);

/** Every key of Redis, sorted, without those that outlive grants: the installation and its auth-servers. */
async function grantKeys(admin: Redis): Promise<string[]> {
  const keys = await admin.keys("*");
  return keys.filter((key) => !identityKeys.has(key)).sort();
}

/** The kinds of the remaining keys, such as `revoked-grant`. */
export async function kindsOfKeys(admin: Redis): Promise<string[]> {
  return [...new Set((await grantKeys(admin)).map((key) => key.replace(/:[^:]*$/, "")))];
}
