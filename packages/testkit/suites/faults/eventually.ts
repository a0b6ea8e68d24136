import { waitUntil } from "../../src/process/wait-until.ts";

/** As waitUntil, but long enough for a machine on which much else runs. */
export function patiently<T>(what: string, condition: () => T | Promise<T>) {
  return waitUntil(what, condition, { timeoutMs: 60_000, intervalMs: 25 });
}
