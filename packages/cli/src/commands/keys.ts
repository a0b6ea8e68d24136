import { Argument, type Command } from "commander";
import { listKeysResponse, adminPaths, type ListKeysResponse } from "@fjmcp/shared/ipc/admin";
import type { AdminClient } from "../admin/admin-client.ts";
import { addKey, dropKeys, rotatedAtMs, withRingsLocked, type KeyRingName } from "../setup/credentials.ts";
import { InstallationFiles } from "../setup/installation-files.ts";
import { systemctl } from "../system/systemd.ts";
import { services } from "../system/units.ts";
import { print, printJson } from "../terminal/output.ts";
import { formatTable } from "../terminal/table.ts";
import { formatTime } from "../terminal/times.ts";
import {
  adminClient,
  example,
  jsonOption,
  listOf,
  withSocket,
  type SocketOptions,
} from "./common-options.ts";

type Key = ListKeysResponse["keys"][number];

/** What is rotated by each name: client ids and signing keys are derived from the derivation key. */
const ringsOf = {
  cookie: ["cookie"],
  vault: ["vault"],
  derivation: ["derivation"],
  "client-id": ["derivation"],
  signing: ["derivation"],
  all: ["cookie", "vault", "derivation"],
} as const satisfies Record<string, readonly KeyRingName[]>;
type Kind = keyof typeof ringsOf;

/** The longest life of what no record in Redis names: a login in progress, a code of a device. */
const loginMs = 3600_000;

/** `fjmcp keys`. */
export function addKeysCommand(program: Command): void {
  const keys = program.command("keys").description("the keys of the auth-server by their ids; rotate them");
  listOf(keys)
    .description("which keys there are, and how many records need each")
    .addOption(jsonOption())
    .addHelpText("after", example("fjmcp keys"))
    .action(async (options: SocketOptions & { json: boolean }) => {
      const listed = await listKeys(adminClient(options));
      if (options.json) printJson({ keys: listed });
      else print(await tableOf(listed, filesOf(options)));
    });
  withSocket(
    keys
      .command("rotate")
      .description("make a new key; what the earlier ones have made stays valid, and no user is signed out"),
  )
    .addArgument(new Argument("[kind]", "which keys").choices(Object.keys(ringsOf)).default("all"))
    .option("--prune", "make no new key: drop the earlier ones that nothing needs", false)
    .addHelpText("after", example("fjmcp keys rotate vault"))
    .action(async (kind: Kind, options: SocketOptions & { prune: boolean }) => {
      const rings = ringsOf[kind];
      await (options.prune ? prune(rings, options) : rotate(rings, options));
    });
}

async function rotate(rings: readonly KeyRingName[], options: SocketOptions): Promise<void> {
  const files = filesOf(options);
  await withRingsLocked(files, rings, async () => {
    for (const ring of rings) await addKey(files, ring);
  });
  await restart(files);
  for (const ring of rings) print(`The ${ring} key is a new one. ${whenToDrop[ring]}`);
  print(
    "`fjmcp keys` shows what needs the earlier keys, `fjmcp keys rotate --prune` drops those that nothing needs.",
  );
}

const whenToDrop: Readonly<Record<KeyRingName, string>> = {
  cookie: "The earlier one may be dropped after an hour, when no login in progress needs it.",
  vault: "The earlier one may be dropped after an hour: the auth-server encrypts all Forgejo tokens anew.",
  derivation:
    "The earlier one may be dropped when no connection of a client that was registered with it is left.",
};

async function prune(rings: readonly KeyRingName[], options: SocketOptions): Promise<void> {
  const files = filesOf(options);
  const dropped = await withRingsLocked(files, rings, () => dropUnneeded(rings, files, options));
  if (dropped > 0) await restart(files);
  else print("No key was dropped.");
}

/** The number of keys that were dropped. */
async function dropUnneeded(
  rings: readonly KeyRingName[],
  files: InstallationFiles,
  options: SocketOptions,
): Promise<number> {
  const listed = await listKeys(adminClient(options));
  let dropped = 0;
  for (const ring of rings) {
    const keys = listed.filter(({ kind }) => kind === ring);
    const isRecent = Date.now() - (await rotatedAtMs(files, ring)) < loginMs;
    const earlier = keys.filter((key) => !key.isCurrent);
    const unneeded = isRecent ? [] : earlier.filter(({ uses = 0 }) => uses === 0).map(({ id }) => id);
    await dropKeys(files, ring, { currentId: keys[0]!.id, unneeded });
    dropped += unneeded.length;
    for (const key of earlier) print(`${ring} ${key.id}: ${outcomeOf(key, isRecent)}`);
  }
  return dropped;
}

function outcomeOf({ uses = 0 }: Key, isRecent: boolean): string {
  if (uses > 0) return `kept, ${uses} records need it`;
  return isRecent ? "kept, logins in progress may need it for an hour" : "dropped";
}

/** With `--root`, only files are changed. */
async function restart(files: InstallationFiles): Promise<void> {
  if (files.areOfThisMachine) await systemctl("restart", services.auth);
}

async function listKeys(client: AdminClient): Promise<Key[]> {
  return (await client.call(adminPaths.keys, listKeysResponse)).keys;
}

async function tableOf(listed: readonly Key[], files: InstallationFiles): Promise<string> {
  const rotated = new Map<string, number>();
  for (const kind of ringsOf.all) rotated.set(kind, await rotatedAtMs(files, kind).catch(() => Number.NaN));
  const since = ({ kind, isCurrent }: Key) => (isCurrent ? rotated.get(kind)! : Number.NaN);
  return formatTable(listed, [
    { title: "KIND", text: ({ kind }) => kind },
    { title: "ID", text: ({ id }) => id },
    { title: "STATE", text: ({ isCurrent }) => (isCurrent ? "current" : "earlier") },
    { title: "RECORDS", text: ({ uses }) => (uses === undefined ? "-" : String(uses)) },
    {
      title: "SINCE (UTC)",
      text: (key) => formatTime(Number.isNaN(since(key)) ? undefined : since(key) / 1000),
    },
  ]);
}

function filesOf({ root }: SocketOptions): InstallationFiles {
  return new InstallationFiles(root, () => undefined);
}
