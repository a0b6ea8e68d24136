import type { Redis } from "ioredis";
import { authKeys } from "../../src/redis/auth-keys.ts";

const commonKeys: ReadonlySet<string> = new Set([
  authKeys.installation,
  authKeys.authServers,
  authKeys.interactions,
]);

/** What lets a browser repeat the end of a login, for a few seconds. */
const repeatKeys = ["interaction:", "login-state:", "login-outcome:"];

/**
 * Every key of Redis, sorted, without those of no grant, the installation, its auth-servers and the index of interactions, and without what
 * is left of a finished login for at most eleven seconds.
 */
export async function grantKeys(admin: Redis): Promise<string[]> {
  const keys = (await admin.keys("*")).filter((key) => !commonKeys.has(key));
  const isKept = await Promise.all(
    keys.map(async (key) => !repeatKeys.some((kind) => key.startsWith(kind)) || (await admin.ttl(key)) > 11),
  );
  return keys.filter((_, index) => isKept[index]).sort();
}

/** The kinds of the remaining keys, such as `revoked-grant`. */
export async function kindsOfKeys(admin: Redis): Promise<string[]> {
  return [...new Set((await grantKeys(admin)).map((key) => key.replace(/:[^:]*$/, "")))];
}
