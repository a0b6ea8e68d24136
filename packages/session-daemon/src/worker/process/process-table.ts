import { readdirSync, readFileSync } from "node:fs";

/** The fields of /proc/<pid>/stat that are used here (proc(5)). */
interface ProcessEntry {
  readonly pid: number;
  /** One letter; `Z` is a zombie: a process that has ended and is not reaped yet. */
  readonly state: string;
  readonly groupId: number;
  readonly sessionId: number;
  /** Clock ticks since boot. Together with the pid it identifies a process until the next boot. */
  readonly startTicks: number;
}

/** Undefined when there is no such process. */
export function readProcess(pid: number): ProcessEntry | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // The second field is the program's name in parentheses, which may itself hold parentheses and spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    pid,
    state: fields[0] ?? "",
    groupId: Number(fields[2]),
    sessionId: Number(fields[3]),
    startTicks: Number(fields[19]),
  };
}

/** The living members of a process group. */
export function groupMembers(groupId: number): ProcessEntry[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name)))
    .filter((entry) => entry !== undefined)
    .filter((entry) => entry.groupId === groupId && entry.state !== "Z" && entry.state !== "X");
}

/**
 * Sends `signal` to every member of the group that the daemon may signal (not to a program that has changed its user);
 * false when the group does not exist.
 */
export function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-groupId, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ESRCH") return false;
    if (code === "EPERM") return true;
    throw error;
  }
}

/** True while a member lives. A zombie that is never reaped keeps the group's number, but does not run any more. */
export function groupLives(groupId: number): boolean {
  return signalGroup(groupId, 0) && groupMembers(groupId).length > 0;
}
