import type { Redis } from "ioredis";

/** Every key of Redis, sorted, but those that outlive grants: registrations and the note of Forgejo's URL. */
async function grantKeys(admin: Redis): Promise<string[]> {
  const keys = await admin.keys("*");
  return keys.filter((key) => !key.startsWith("client:") && key !== "upstream-url").sort();
}

/** The kinds of the keys that are left, such as `ended`. */
export async function kindsOfKeys(admin: Redis): Promise<string[]> {
  return [...new Set((await grantKeys(admin)).map((key) => key.replace(/:[^:]*$/, "")))];
}
