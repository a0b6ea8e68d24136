import { join } from "node:path";
import { projectRoot } from "../process/project-root.ts";
import type { ProcessOptions } from "../process/managed-process.ts";

/**
 * Options to start one of the two daemons from its sources, with `settings` (FJMCP_…) and, of this process's environment,
 * PATH and TMPDIR alone. It is ready when its log says so.
 */
export function daemon(
  name: "auth-server" | "session-daemon",
  logFile: string,
  settings: Readonly<Record<string, string>>,
): ProcessOptions {
  return {
    name,
    command: process.execPath,
    arguments: [join(projectRoot, "packages", name, "src", "main.ts")],
    env: { ...runtimeEnvironment(), ...settings },
    logFile,
    isReady: (log) => log.includes('"msg":"ready"'),
  };
}

function runtimeEnvironment(): Record<string, string> {
  const inherited = Object.entries(process.env).filter(([name]) => name === "PATH" || name === "TMPDIR");
  return Object.fromEntries(inherited) as Record<string, string>;
}
