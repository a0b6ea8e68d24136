import { readFileSync } from "node:fs";

/** Resident set size of a process in KiB, of its own memory only: nothing of its children (proc(5), VmRSS). */
export function residentKiB(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  if (line?.[1] === undefined) throw new Error(`process ${pid} shows no VmRSS`);
  return Number(line[1]);
}
