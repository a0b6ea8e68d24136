import { join } from "node:path";
import type { ProcessOptions } from "../process/managed-process.ts";
import { projectRoot } from "../process/project-root.ts";

/** Written by processes that exit normally. */
const compileCache = join(projectRoot, ".cache", "compiled");

/**
 * The same process, without the loader that tap adds to the environment of every process that a test starts, and with
 * Node's compile cache.
 */
export function fastStart(process: ProcessOptions): ProcessOptions {
  return {
    ...process,
    command: "/usr/bin/env",
    arguments: ["-u", "NODE_OPTIONS", process.command, ...(process.arguments ?? [])],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
  };
}

/** As `fastStart`, unless this run measures coverage, which needs tap's loader in each process. */
export function fastUnlessCovered(process: ProcessOptions): ProcessOptions {
  return globalThis.process.env.TAP_DISABLE_COVERAGE === "1" ? fastStart(process) : process;
}
