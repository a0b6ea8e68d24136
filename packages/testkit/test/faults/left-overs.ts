import { readdirSync, readlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { Redis } from "ioredis";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { controlPaths, healthResponse, type HealthResponse } from "@fjmcp/shared/ipc/control";
import { childrenOf, isRunning } from "@fjmcp/testkit/process/process-children";
import type { Stack } from "@fjmcp/testkit/process/stack";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";

/** Kept for ever: registrations that were used, and whose accounts these are. */
const withoutExpiry = /^(client:|upstream-url$)/;
/** What an ended grant may leave behind, until it expires. */
const harmless = /^(client:|ended:|interaction:|as-session|upstate:|upstream-url$|upstream-lock:)/;
/** The gateway keeps its connections for a while: as many as requests were under way at once. */
const maxKeptSockets = 120;

/** Looks for what should not be there any more. */
export class LeftOvers {
  readonly #stack: Stack;
  readonly #redis: Redis;
  readonly #seenWorkers = new Set<number>();
  #known = new Set<string>();

  constructor(stack: Stack) {
    this.#stack = stack;
    this.#redis = new Redis({ ...stack.redis.unrestricted, retryStrategy: () => 100 });
    this.#redis.on("error", () => undefined);
  }

  /** The worker processes that run now; each must be gone in the end. */
  workers(): number[] {
    const pids = childrenOf(this.#stack.sessionDaemon.pid);
    for (const pid of pids) this.#seenWorkers.add(pid);
    return pids;
  }

  health(): Promise<HealthResponse> {
    return callIpc({
      socketPath: this.#stack.sockets.control,
      path: controlPaths.health,
      schema: healthResponse,
      timeoutMs: 5_000,
    });
  }

  /** Keys that will never expire though they should. */
  async keysForEver(): Promise<string[]> {
    const keys = await this.#keys();
    const lives = await Promise.all(keys.map((key) => this.#redis.ttl(key)));
    return keys.filter((key, i) => lives[i] === -1 && !withoutExpiry.test(key));
  }

  /** Keys of tokens, grants, sessions and upstream tokens that were not there when this was last asked. */
  async newKeysOfAccess(): Promise<string[]> {
    const keys = (await this.#keys()).filter((key) => !harmless.test(key));
    const before = this.#known;
    this.#known = new Set(keys);
    return keys.filter((key) => !before.has(key));
  }

  /** Resolves once no worker, no open stream, no process group and no needless socket is left. */
  async gone(): Promise<void> {
    await waitUntil("no worker and no stream should be left", async () => {
      const { status, workers, streams } = await this.health();
      return status === "ok" && workers.live + workers.waiting + streams === 0 && this.workers().length === 0;
    });
    await waitUntil("no worker's process should be left", () => ![...this.#seenWorkers].some(isRunning));
    const groups = join(this.#stack.dir, "run", "process-groups");
    await waitUntil("no process group should be written down", () => readdirSync(groups).length === 0);
    for (const socket of Object.values(this.#stack.sockets)) {
      const files = readdirSync(dirname(socket));
      if (files.length !== 1) throw new Error(`Beside ${socket}: ${files.join(", ")}`);
    }
    for (const { pid } of [this.#stack.authServer, this.#stack.sessionDaemon]) {
      await waitUntil("no needless socket should be open", () => socketsOf(pid) <= maxKeptSockets);
    }
  }

  close(): void {
    this.#redis.disconnect();
  }

  async #keys(): Promise<string[]> {
    return (await this.#redis.keys("*")).toSorted();
  }
}

function socketsOf(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((fd) => linkOf(join(folder, fd)).startsWith("socket:")).length;
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
