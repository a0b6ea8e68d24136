import { randomBytes } from "node:crypto";
import { sha256Hex } from "@fjmcp/shared/hash";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Change, InstallationFiles } from "./installation-files.ts";

export const credentialsFolder = "etc/fjmcp/credentials";
/** The rights of the daemons in Redis, without their passwords. */
const aclTemplatePath = "usr/share/fjmcp/redis.acl";
const keys = ["vault-key", "cookie-key", "derivation-key"] as const;

export type CredentialName =
  | (typeof keys)[number]
  | "forgejo-client-secret"
  | "redis-auth-password"
  | "redis-session-password"
  | "redis-acl";

/** Stores a credential, readable by root alone. */
export function storeCredential(
  files: InstallationFiles,
  name: CredentialName,
  secret: string,
): Promise<Change> {
  return files.ensure(`${credentialsFolder}/${name}`, `${secret}\n`, { mode: 0o600, folderMode: 0o700 });
}

export async function hasCredential(files: InstallationFiles, name: CredentialName): Promise<boolean> {
  return ((await files.read(`${credentialsFolder}/${name}`)) ?? "").trim() !== "";
}

/**
 * Makes the keys and the Redis passwords that do not exist yet, and Redis's users of them. A key that exists is never
 * replaced: what it encrypts would be lost.
 */
export async function ensureGeneratedCredentials(files: InstallationFiles): Promise<void> {
  for (const name of keys) await ensureRandom(files, name);
  const template = await files.read(aclTemplatePath);
  if (template === undefined)
    throw new CommandError(
      exitCodes.configuration,
      `/${aclTemplatePath} is not there.`,
      "Install the package again.",
    );
  const digests = {
    AUTH_SERVER_PASSWORD_SHA256: sha256Hex(await ensureRandom(files, "redis-auth-password")),
    SESSION_DAEMON_PASSWORD_SHA256: sha256Hex(await ensureRandom(files, "redis-session-password")),
  };
  let acl = template.trimEnd();
  for (const [placeholder, digest] of Object.entries(digests)) acl = acl.replaceAll(placeholder, digest);
  await storeCredential(files, "redis-acl", acl);
}

async function ensureRandom(files: InstallationFiles, name: CredentialName): Promise<string> {
  const existing = (await files.read(`${credentialsFolder}/${name}`))?.trim();
  const secret = existing || randomBytes(48).toString("base64url");
  await storeCredential(files, name, secret);
  return secret;
}
