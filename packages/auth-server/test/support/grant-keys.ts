import type { Redis } from "ioredis";
import { authKeys } from "../../src/redis/auth-keys.ts";

const commonKeys: ReadonlySet<string> = new Set([
  authKeys.installation,
  authKeys.authServers,
  authKeys.interactions,
  authKeys.loginStates,
  authKeys.userCodes,
  authKeys.userCodeBrowsers,
]);

/** By prefix, the seconds for which keys may stay: what lets a browser repeat the end of a login, and counts of requests. */
const maxSecondsLeft = {
  "interaction:": 11,
  "login-state:": 11,
  "login-outcome:": 11,
  "request-rate:": 60,
};

/**
 * Every key of Redis, sorted, without those of no grant (the installation, its auth-servers, the indexes of logins in
 * progress, what happened to an account), and without what expires soon by itself.
 */
export async function grantKeys(admin: Redis): Promise<string[]> {
  const keys = (await admin.keys("*")).filter(
    (key) => !commonKeys.has(key) && !key.startsWith("account-history:"),
  );
  const isKept = await Promise.all(
    keys.map(async (key) => {
      const soon = Object.entries(maxSecondsLeft).find(([prefix]) => key.startsWith(prefix));
      return soon === undefined || (await admin.ttl(key)) > soon[1];
    }),
  );
  return keys.filter((_, index) => isKept[index]).sort();
}

/** The kinds of the remaining keys, such as `revoked-grant`. */
export async function kindsOfKeys(admin: Redis): Promise<string[]> {
  return [...new Set((await grantKeys(admin)).map((key) => key.replace(/:[^:]*$/, "")))];
}
