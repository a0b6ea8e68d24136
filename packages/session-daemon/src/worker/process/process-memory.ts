import { readdirSync, readFileSync } from "node:fs";
import { readProcess } from "./process-table.ts";

/** The resident memory of each process group that this process may see, in bytes. */
export function memoryByGroup(): Map<number, number> {
  const memory = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const entry = /^\d+$/.test(name) ? readProcess(Number(name)) : undefined;
    if (entry === undefined) continue;
    memory.set(entry.groupId, (memory.get(entry.groupId) ?? 0) + residentBytes(entry.pid));
  }
  return memory;
}

/** 0 for a process that has ended. */
function residentBytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
