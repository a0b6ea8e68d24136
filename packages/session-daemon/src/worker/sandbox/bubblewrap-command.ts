import { lstatSync, readlinkSync } from "node:fs";
import { realPathOf } from "./program-files.ts";
import { seccompFilter } from "./seccomp-filter.ts";

/** Where the child finds its HOME, its working directory and its temporary files, on a tmpfs of its own. */
export const sandboxHome = "/tmp";

const filter = seccompFilter(process.arch);
/** What bwrap reads from descriptor 3 on. */
export const seccompInput: readonly Uint8Array[] = filter === undefined ? [] : [filter];

const homeBytes = 64 * 1024 * 1024;
/** In /, links into /usr on a system of today and folders on older ones. */
const systemFolders = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];
/** Names, time zone, certificates, and where shared libraries and alternatives are. */
const systemFiles = [
  "/etc/resolv.conf",
  "/etc/nsswitch.conf",
  "/etc/hosts",
  "/etc/localtime",
  "/etc/ssl/certs",
  "/etc/pki",
  "/etc/ld.so.cache",
  "/etc/alternatives",
];

interface BubblewrapOptions {
  /** The path of bwrap(1). */
  readonly bwrap: string;
  /** The executable files that the child consists of. */
  readonly programFiles: readonly string[];
  /** Further files and folders that the child may read. */
  readonly readPaths: readonly string[];
}

/**
 * The command line to which the child's is appended; it expects `seccompInput` on descriptor 3. The child sees no other process, no other user's files and nothing
 * of the daemon's folders; it has no capabilities and gets none, and writes to its own tmpfs only. The network is the
 * host's. bwrap kills all processes of the sandbox when the daemon ends.
 *
 * Without `--hostname`: the unit's ProtectHostname= forbids setting one.
 *
 * Without `--new-session`: the daemon starts each child as the leader of a new session without a terminal already, and
 * ends it by its process group, which a further session would leave (docs/adr/0011).
 */
export function bubblewrapCommand(options: BubblewrapOptions): string[] {
  const { bwrap, programFiles, readPaths } = options;
  const readOnly = [...programFiles.map(visiblePath), ...readPaths];
  return [
    [bwrap, "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"],
    ["--die-with-parent", "--cap-drop", "ALL"],
    ["--ro-bind", "/usr", "/usr"],
    ...systemFolders.map(systemFolder),
    ...systemFiles.map((path) => ["--ro-bind-try", path, path]),
    ["--size", String(homeBytes), "--tmpfs", sandboxHome],
    ...readOnly.map((path) => (isSystemPath(path) ? [] : ["--ro-bind-try", realPathOf(path), path])),
    ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev", "--remount-ro", "/"],
    ["--chdir", sandboxHome],
    filter === undefined ? [] : ["--seccomp", "3"],
    ["--"],
  ].flat();
}

/** The path by which the sandbox can run the program: its own, or its target if a link leads out of the system's folders. */
export function visiblePath(file: string): string {
  const target = realPathOf(file);
  return isSystemPath(file) && !isSystemPath(target) ? target : file;
}

function isSystemPath(path: string): boolean {
  return ["usr", ...systemFolders].some((folder) => path.startsWith(`/${folder}/`));
}

function systemFolder(name: string): string[] {
  const path = `/${name}`;
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  return found.isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : ["--ro-bind", path, path];
}
