import { join } from "node:path";
import { projectRoot } from "../process/project-root.ts";
import type { ProcessOptions } from "../process/managed-process.ts";

export interface DaemonOptions {
  readonly name: "auth-server" | "session-daemon";
  readonly logFile: string;
  /** FJMCP_… */
  readonly settings: Readonly<Record<string, string>>;
  /** The folder of the bundles and their Node, as a package has it; undefined: the sources. */
  readonly programs?: string | undefined;
}

/**
 * Options to start one of the two daemons, with `settings` and, of this process's environment, PATH and TMPDIR alone. It
 * is ready when its log says so.
 */
export function daemon({ name, logFile, settings, programs }: DaemonOptions): ProcessOptions {
  return {
    name,
    ...(programs === undefined
      ? { command: process.execPath, arguments: [join(projectRoot, "packages", name, "src", "main.ts")] }
      : { command: join(programs, "node"), arguments: [join(programs, `${name}.mjs`)] }),
    env: { ...runtimeEnvironment(), ...settings },
    logFile,
    isReady: (log) => log.includes('"msg":"ready"'),
  };
}

function runtimeEnvironment(): Record<string, string> {
  const inherited = Object.entries(process.env).filter(([name]) => name === "PATH" || name === "TMPDIR");
  return Object.fromEntries(inherited) as Record<string, string>;
}
