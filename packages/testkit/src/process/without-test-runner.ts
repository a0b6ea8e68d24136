import type { ProcessOptions } from "./managed-process.ts";

/** The same process, but free of the loader that tap puts into the environment of all that a test starts. */
export function withoutTestRunner(process: ProcessOptions): ProcessOptions {
  return {
    ...process,
    command: "/usr/bin/env",
    arguments: ["-u", "NODE_OPTIONS", process.command, ...(process.arguments ?? [])],
  };
}
