import type { Redis } from "ioredis";
import { authKeys } from "../../src/redis/auth-keys.ts";

const vaultNotes: ReadonlySet<string> = new Set([authKeys.upstreamUrl, authKeys.upstreamVault]);

/** Every key of Redis, sorted, but those that outlive grants: registrations and the notes of what the vault rests on. */
async function grantKeys(admin: Redis): Promise<string[]> {
  const keys = await admin.keys("*");
  return keys.filter((key) => !key.startsWith("client:") && !vaultNotes.has(key)).sort();
}

/** The kinds of the keys that are left, such as `ended`. */
export async function kindsOfKeys(admin: Redis): Promise<string[]> {
  return [...new Set((await grantKeys(admin)).map((key) => key.replace(/:[^:]*$/, "")))];
}
