import { waitUntil } from "@fjmcp/testkit/process/wait-until";

/** As waitUntil, but long enough for a machine on which much else runs. */
export function patiently<T>(what: string, condition: () => T | Promise<T>) {
  return waitUntil(what, condition, { timeoutMs: 60_000, intervalMs: 25 });
}
