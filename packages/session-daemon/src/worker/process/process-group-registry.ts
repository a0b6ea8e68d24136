import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { WorkerEvents } from "../worker-events.ts";
import { groupMembers, readProcess, signalGroup } from "./process-table.ts";

const entry = z.object({
  groupId: z.int().min(2),
  startTicks: z.number(),
  bootId: z.string(),
  daemon: z.object({ pid: z.number(), startTicks: z.number() }),
});
type Entry = z.infer<typeof entry>;

/**
 * The process groups of the workers, one file each in a folder: after a SIGKILL of the daemon its next run kills the
 * orphans. A process group whose number was reused by another program is never signalled.
 */
export class ProcessGroupRegistry {
  readonly #folder: string;
  /** The registered groups of this daemon. */
  readonly #groupIds = new Set<number>();
  readonly #bootId = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  readonly #daemon = { pid: process.pid, startTicks: readProcess(process.pid)?.startTicks ?? 0 };

  constructor(runtimeDir: string) {
    this.#folder = join(runtimeDir, "process-groups");
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /** Registers the group that `leaderPid` leads. Throws when the file cannot be written. */
  register(leaderPid: number): void {
    const startTicks = readProcess(leaderPid)?.startTicks;
    if (startTicks === undefined) return;
    const registered: Entry = { groupId: leaderPid, startTicks, bootId: this.#bootId, daemon: this.#daemon };
    writeFileSync(this.#file(leaderPid), JSON.stringify(registered), { mode: 0o600 });
    this.#groupIds.add(leaderPid);
  }

  unregister(groupId: number): void {
    this.#groupIds.delete(groupId);
    rmSync(this.#file(groupId), { force: true });
  }

  /** Kills every group that this daemon has registered: for an exit without a shutdown. */
  killAll(): void {
    for (const groupId of this.#groupIds) signalGroup(groupId, "SIGKILL");
  }

  /** Kills and unregisters every group whose daemon does not run any more. */
  killOrphans(events: WorkerEvents): void {
    for (const name of readdirSync(this.#folder)) {
      const file = join(this.#folder, name);
      const registered = readEntry(file);
      if (registered !== undefined && this.#daemonLives(registered)) continue;
      if (
        registered !== undefined &&
        this.#isOurs(registered) &&
        signalGroup(registered.groupId, "SIGKILL")
      ) {
        events.orphanKilled({ groupId: registered.groupId });
      }
      rmSync(file, { force: true });
    }
  }

  #daemonLives({ bootId, daemon }: Entry): boolean {
    return bootId === this.#bootId && readProcess(daemon.pid)?.startTicks === daemon.startTicks;
  }

  #isOurs({ bootId, groupId, startTicks }: Entry): boolean {
    if (bootId !== this.#bootId) return false;
    const leader = readProcess(groupId);
    if (leader !== undefined) return leader.startTicks === startTicks;
    // The leader is gone. While a member lives, the kernel gives its number to no new process; a member must belong to
    // the session that our leader opened, and must not be older than the leader.
    const members = groupMembers(groupId);
    return members.every((member) => member.sessionId === groupId && member.startTicks >= startTicks);
  }

  #file(groupId: number): string {
    return join(this.#folder, `${groupId}.json`);
  }
}

function readEntry(file: string): Entry | undefined {
  try {
    return entry.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    // Partly written when the daemon was killed: setpriv's parent-death signal has ended that child.
    return undefined;
  }
}
