import { waitUntil } from "../../src/process/wait-until.ts";

/** As waitUntil, with a timeout of 60 s, which is enough on a busy machine. */
export function eventually<T>(what: string, condition: () => T | Promise<T>) {
  return waitUntil(what, condition, { timeoutMs: 60_000, intervalMs: 25 });
}
