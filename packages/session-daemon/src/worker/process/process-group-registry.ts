import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "@fjmcp/shared/log";
import { z } from "zod";
import { groupMembers, readProcess, signalGroup } from "./process-table.ts";

const entry = z.object({
  groupId: z.int().min(2),
  startTicks: z.number(),
  bootId: z.string(),
  daemon: z.object({ pid: z.number(), startTicks: z.number() }),
});
type Entry = z.infer<typeof entry>;

/**
 * The process groups of the workers, written down in a folder, one file each: after a SIGKILL of the daemon the
 * next one ends what was left. A pid that now belongs to somebody else is never touched.
 */
export class ProcessGroupRegistry {
  readonly #folder: string;
  /** Those of this daemon. */
  readonly #noted = new Set<number>();
  readonly #bootId = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  readonly #daemon = { pid: process.pid, startTicks: readProcess(process.pid)?.startTicks ?? 0 };

  constructor(runtimeDir: string) {
    this.#folder = join(runtimeDir, "process-groups");
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /** Writes down the group that `leaderPid` leads. */
  note(leaderPid: number): void {
    const startTicks = readProcess(leaderPid)?.startTicks;
    if (startTicks === undefined) return;
    const noted: Entry = { groupId: leaderPid, startTicks, bootId: this.#bootId, daemon: this.#daemon };
    writeFileSync(this.#file(leaderPid), JSON.stringify(noted), { mode: 0o600 });
    this.#noted.add(leaderPid);
  }

  forget(groupId: number): void {
    this.#noted.delete(groupId);
    rmSync(this.#file(groupId), { force: true });
  }

  /** Kills every group that this daemon has written down and not forgotten: for when it exits without more ado. */
  killAll(): void {
    for (const groupId of this.#noted) signalGroup(groupId, "SIGKILL");
  }

  /** Kills every written-down group whose daemon is no more, and forgets it. */
  killOrphans(log: Log): void {
    for (const name of readdirSync(this.#folder)) {
      const file = join(this.#folder, name);
      const noted = readEntry(file);
      if (noted !== undefined && this.#daemonLives(noted)) continue;
      if (noted !== undefined && this.#isOurs(noted) && signalGroup(noted.groupId, "SIGKILL")) {
        log.warn({ groupId: noted.groupId }, "ended a worker that an earlier run left");
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
    // The leader is gone. While a member lives, the kernel gives its number to no new process; a member must be of the
    // session that our leader opened, and no older than it.
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
    // Half written when the daemon was killed: setpriv's parent-death signal has ended that child.
    return undefined;
  }
}
