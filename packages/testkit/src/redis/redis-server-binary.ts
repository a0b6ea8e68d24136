import { existsSync } from "node:fs";
import { join } from "node:path";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { projectRoot } from "../process/project-root.ts";
import { downloadRedis } from "./download-redis.ts";
import type { RedisBinary } from "./redis-binary.ts";

/** No redis-server was found or could be fetched; the message says what to install. */
export class RedisNotFoundError extends Error {
  constructor(options: { cause: unknown }) {
    super(
      "No redis-server on PATH, and Debian's packages could not be fetched. Install one: apt-get install redis-server",
      options,
    );
    this.name = "RedisNotFoundError";
  }
}

/**
 * redis-server from PATH; otherwise Debian's packages, unpacked into `cacheFolder`. They are fetched the first time, with
 * or without root; `signal` aborts the download. Throws RedisNotFoundError.
 */
export async function redisServerBinary(
  options: { path?: string; cacheFolder?: string; signal?: AbortSignal | undefined } = {},
): Promise<RedisBinary> {
  const installed = findExecutable("redis-server", options.path);
  if (installed !== undefined) return { command: installed, env: {} };
  const cacheFolder = options.cacheFolder ?? join(projectRoot, ".cache", "redis");
  if (!existsSync(unpacked(cacheFolder).command)) {
    try {
      await downloadRedis(cacheFolder, unpacked, options.signal);
    } catch (error) {
      options.signal?.throwIfAborted();
      throw new RedisNotFoundError({ cause: error });
    }
  }
  return unpacked(cacheFolder);
}

function unpacked(root: string): RedisBinary {
  const triplet = process.arch === "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
  const libraries = [`usr/lib/${triplet}`, `lib/${triplet}`].map((folder) => join(root, folder));
  return { command: join(root, "usr/bin/redis-server"), env: { LD_LIBRARY_PATH: libraries.join(":") } };
}
