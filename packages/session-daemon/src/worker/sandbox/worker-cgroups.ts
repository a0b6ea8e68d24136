import { randomBytes } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { join, relative } from "node:path";

/** The cgroup of one worker. */
export interface WorkerCgroup {
  /** Its folder; a process joins by writing 0 to `cgroup.procs` in it. */
  readonly folder: string;
  /** The kernel has ended a process in it because of its memory limit. */
  ranOutOfMemory(): boolean;
  /** Ends what is left in it and removes it. */
  remove(): Promise<void>;
}

interface CgroupOptions {
  /** The file that names the mounts of this process (/proc/pid/mountinfo, proc(5)). */
  readonly mounts: string;
  /** The file that names the cgroup of this process (cgroups(7), /proc/pid/cgroup). */
  readonly membership: string;
  /** The user of this process. */
  readonly uid: number;
  readonly memoryMaxMiB: number;
}

/** More than a server in Node or Go has. Of all workers together, less than the service's own limit. */
const pidsMax = 64;
const divideAttempts = 20;
const removeAttempts = 20;
const prefix = "worker-";

/**
 * Prepares the daemon's own cgroup for one of each worker below it, where systemd has delegated it (`Delegate=memory
 * pids`); returns the reason where it has not. The daemon moves itself into a leaf first: the kernel gives controllers to
 * the children of an empty cgroup only. What an earlier run has left is ended.
 */
export function openWorkerCgroups(options: CgroupOptions): WorkerCgroups | { readonly reason: string } {
  const folder = delegatedFolder(options);
  if (typeof folder !== "string") return folder;
  try {
    divide(folder);
  } catch (error) {
    return { reason: `the cgroup ${folder} cannot be divided (${(error as NodeJS.ErrnoException).code})` };
  }
  for (const name of readdirSync(folder)) {
    if (name.startsWith(prefix)) void removeCgroup(join(folder, name));
  }
  return new WorkerCgroups(folder, options.memoryMaxMiB);
}

/** Other processes of the service may be in the cgroup, and start while it is divided. */
function divide(folder: string): void {
  const leaf = join(folder, "daemon");
  mkdirSync(leaf, { recursive: true });
  for (let attempt = 1; ; attempt++) {
    const others = read(join(folder, "cgroup.procs")).split("\n").filter(Boolean);
    for (const pid of new Set([String(process.pid), ...others])) move(pid, leaf);
    try {
      writeFileSync(join(folder, "cgroup.subtree_control"), "+memory +pids");
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EBUSY" || attempt === divideAttempts) throw error;
    }
  }
}

function move(pid: string, cgroup: string): void {
  try {
    writeFileSync(join(cgroup, "cgroup.procs"), pid);
  } catch (error) {
    // It has ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** A cgroup for each worker. */
export class WorkerCgroups {
  readonly #folder: string;
  readonly #memoryMaxBytes: number;

  constructor(folder: string, memoryMaxMiB: number) {
    this.#folder = folder;
    this.#memoryMaxBytes = Math.round(memoryMaxMiB * 1024 * 1024);
  }

  /** Throws when the kernel rejects it. */
  create(): WorkerCgroup {
    const folder = join(this.#folder, `${prefix}${randomBytes(8).toString("hex")}`);
    mkdirSync(folder);
    writeFileSync(join(folder, "memory.max"), String(this.#memoryMaxBytes));
    // Absent where the kernel has no swap: then a worker cannot move into it instead of ending.
    const swap = join(folder, "memory.swap.max");
    if (existsSync(swap)) writeFileSync(swap, "0");
    writeFileSync(join(folder, "memory.oom.group"), "1");
    writeFileSync(join(folder, "pids.max"), String(pidsMax));
    return {
      folder,
      ranOutOfMemory: () => /^oom_kill [1-9]/m.test(read(join(folder, "memory.events"))),
      remove: () => removeCgroup(folder),
    };
  }
}

/** The cgroup of this process, by the first mount in which it may be changed. */
function delegatedFolder({ mounts, membership, uid }: CgroupOptions): string | { readonly reason: string } {
  const path = /^0::(.+)$/m.exec(read(membership))?.[1] ?? "";
  const folders = foldersOf(path, read(mounts)).filter((folder) => {
    const controllers = read(join(folder, "cgroup.controllers")).trim().split(" ");
    return controllers.includes("memory") && controllers.includes("pids");
  });
  if (folders.length === 0)
    return { reason: "cgroup v2 does not offer its memory and pids controllers here" };
  // systemd gives a delegated cgroup to the service's user; for root every cgroup would look delegated.
  if (uid === 0 || statSync(folders[0]!).uid !== uid)
    return { reason: `the cgroup ${path} is not delegated` };
  return folders.find(isWritable) ?? { reason: `the cgroup ${path} is mounted read-only` };
}

/** Where the cgroup can be found: a mount of cgroup v2 begins at the root of the hierarchy, or at a cgroup further down. */
function foldersOf(cgroup: string, mountInfo: string): string[] {
  return mountInfo.split("\n").flatMap((line) => {
    const [, , , root = "", point = "", ...more] = line.split(" ");
    const fromRoot = relative(root, cgroup);
    const isBelow = root !== "" && fromRoot.split("/")[0] !== "..";
    return isBelow && more[more.indexOf("-") + 1] === "cgroup2" ? [join(point, fromRoot)] : [];
  });
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** The kernel rejects the removal until the last process is reaped. What stays is removed at the next start. */
async function removeCgroup(folder: string): Promise<void> {
  for (let attempt = 0; attempt < removeAttempts; attempt++) {
    try {
      writeFileSync(join(folder, "cgroup.kill"), "1");
      rmdirSync(folder);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      await sleep(10 * (attempt + 1));
    }
  }
}

/** Empty when it cannot be read. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
