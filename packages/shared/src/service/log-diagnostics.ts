import { format } from "node:util";
import type { Log } from "../log.ts";

/**
 * Logs what Node and libraries would print as text: process warnings (deprecations, and those such as
 * TimeoutNegativeWarning) and what is written by `console`. The journal then holds JSON lines only.
 */
export function logDiagnostics(log: Log): void {
  // Node's own listener prints the warning to stderr.
  process.removeAllListeners("warning");
  process.on("warning", (warning: Error & { code?: string }) => {
    const { name, code, message, stack } = warning;
    log.warn({ event: "process.warning", name, ...(code !== undefined && { code }), stack }, message);
  });
  for (const method of ["log", "info", "warn", "error"] as const) {
    console[method] = (...values: unknown[]) => {
      log.warn({ event: "console.output", method }, format(...values).slice(0, maxTextLength));
    };
  }
}

const maxTextLength = 2000;
