import { randomBytes } from "node:crypto";
import { sha256Hex } from "@fjmcp/shared/hash";
import { rootKey } from "@fjmcp/shared/root-key";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { withFolderLock } from "../system/file-lock.ts";
import type { Change, InstallationFiles } from "./installation-files.ts";

export const credentialsFolder = "etc/fjmcp/credentials";
/** The rights of the daemons in Redis, without their passwords. */
const aclTemplatePath = "usr/share/fjmcp/redis.acl";
const keys = ["vault-key", "cookie-key", "derivation-key"] as const;

export type CredentialName =
  | (typeof keys)[number]
  | "forgejo-client-secret"
  | "forgejo-read-only-client-secret"
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
  const isFirst = (await files.modifiedMs(credentialsFolder).catch(() => undefined)) === undefined;
  if (isFirst) return ensureCredentials(files);
  // A key that is added at the same moment stays.
  await withFolderLock(files.resolve(credentialsFolder), () => ensureCredentials(files));
}

async function ensureCredentials(files: InstallationFiles): Promise<void> {
  for (const name of keys) await ensureRandom(files, name);
  const template = await files.read(aclTemplatePath);
  if (template === undefined)
    throw new CommandError(
      exitCodes.configuration,
      `${files.resolve(aclTemplatePath)} is not there.`,
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

/** Files with one key a line, the current one first. */
export type KeyRingName = "vault" | "cookie" | "derivation";

/**
 * Runs `action` while no other command changes these rings. Throws CommandError when one of them does not exist or may not
 * be read, or another command does not end.
 */
export async function withRingsLocked<Result>(
  files: InstallationFiles,
  rings: readonly KeyRingName[],
  action: () => Promise<Result>,
): Promise<Result> {
  for (const ring of rings) await ringKeys(files, ring);
  return withFolderLock(files.resolve(credentialsFolder), action);
}

/**
 * Puts a new key before those of the ring, with an id that none of them has. Throws CommandError when there is no ring. Call
 * it with the ring locked. `draw` makes a random key.
 */
export async function addKey(files: InstallationFiles, ring: KeyRingName, draw = newKey): Promise<void> {
  const keys = await ringKeys(files, ring);
  const taken = new Set(keys.map((key) => rootKey(key).id));
  let added = draw();
  while (taken.has(rootKey(added).id)) added = draw();
  await storeCredential(files, `${ring}-key`, [added, ...keys].join("\n"));
}

/**
 * Drops the keys of the ring with these ids. Throws CommandError, and changes nothing, unless the first key is `currentId`:
 * the auth-server then runs with other keys than those of the file. Call it with the ring locked.
 */
export async function dropKeys(
  files: InstallationFiles,
  ring: KeyRingName,
  { currentId, unneeded }: { currentId: string; unneeded: readonly string[] },
): Promise<void> {
  const keys = await ringKeys(files, ring);
  const idOf = (key: string) => (ring === "vault" ? rootKey(key).vaultId : rootKey(key).id);
  if (idOf(keys[0]!) !== currentId)
    throw new CommandError(
      exitCodes.configuration,
      `The auth-server runs with another ${ring} key than the first of ${files.resolve(ringPath(ring))}.`,
      "Run `fjmcp restart auth`, then this command again.",
    );
  const kept = keys.filter((key) => !unneeded.includes(idOf(key)));
  if (kept.length < keys.length) await storeCredential(files, `${ring}-key`, kept.join("\n"));
}

/** When the ring was last changed, in milliseconds since the epoch. */
export function rotatedAtMs(files: InstallationFiles, ring: KeyRingName): Promise<number> {
  return files.modifiedMs(ringPath(ring));
}

async function ringKeys(files: InstallationFiles, ring: KeyRingName): Promise<string[]> {
  const path = ringPath(ring);
  const text = await files.read(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EACCES") throw error;
    throw new CommandError(
      exitCodes.noPermission,
      `You may not read ${files.resolve(path)}.`,
      "Run the command with sudo.",
    );
  });
  const keys = (text ?? "").split("\n").filter((line) => line !== "");
  if (keys.length > 0) return keys;
  throw new CommandError(exitCodes.configuration, `${files.resolve(path)} has no key.`, "Run fjmcp setup.");
}

function ringPath(ring: KeyRingName): string {
  return `${credentialsFolder}/${ring}-key`;
}

function newKey(): string {
  return randomBytes(48).toString("base64url");
}

async function ensureRandom(files: InstallationFiles, name: CredentialName): Promise<string> {
  const existing = (await files.read(`${credentialsFolder}/${name}`))?.trim();
  const secret = existing || newKey();
  await storeCredential(files, name, secret);
  return secret;
}
