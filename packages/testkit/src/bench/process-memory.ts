import { readFileSync } from "node:fs";

/** Resident set size of a process in KiB, of its own memory only: nothing of its children (proc(5), VmRSS). */
export function residentKiB(pid: number): number {
  return statusKiB(pid, "VmRSS");
}

/** The part of the resident set that no file backs, so that it is this process's alone (proc(5), RssAnon). */
export function anonymousKiB(pid: number): number {
  return statusKiB(pid, "RssAnon");
}

function statusKiB(pid: number, field: string): number {
  const value = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  if (value?.[1] === undefined) throw new Error(`process ${pid} shows no ${field}`);
  return Number(value[1]);
}
