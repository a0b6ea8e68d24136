import { readdirSync, readlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { Redis } from "ioredis";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { controlPaths, healthResponse, type HealthResponse } from "@fjmcp/shared/ipc/control";
import { childrenOf, isRunning } from "../../src/process/process-children.ts";
import type { Stack } from "../../src/stack/stack.ts";
import { patiently } from "./eventually.ts";

/** Kept for ever: registrations that were used, and whose accounts these are. */
const withoutExpiry = /^(client:|forgejo-url$|vault-identity$)/;
/** What an ended grant may leave behind, until it expires. */
const harmless =
  /^(client:|revoked-grant:|interaction:|as-session|login-state:|forgejo-url$|vault-identity$|upstream-lock:)/;
/** Beside those that the gateway keeps: connections come and go by themselves, a few at a time. */
const socketsMore = 10;

/** Looks for what should not be there any more. */
export class LeftOvers {
  readonly #stack: Stack;
  readonly #redis: Redis;
  readonly #seenWorkers = new Set<number>();
  #known = new Set<string>();
  readonly #socketsAtFirst: { readonly authServer: number; readonly sessionDaemon: number };

  constructor(stack: Stack) {
    this.#stack = stack;
    this.#redis = new Redis({ ...stack.redis.unrestricted, retryStrategy: () => 100 });
    this.#redis.on("error", () => undefined);
    const { authServer, sessionDaemon } = stack;
    this.#socketsAtFirst = {
      authServer: socketsOf(authServer.pid),
      sessionDaemon: socketsOf(sessionDaemon.pid),
    };
  }

  /** Notes the keys of now, which later count as no left-over. */
  async note(): Promise<void> {
    this.#known = new Set(await this.#keysOfAccess());
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
      timeoutMs: 30_000,
    });
  }

  /** Keys that will never expire though they should. */
  async keysForEver(): Promise<string[]> {
    const keys = await this.#keys();
    const lives = await Promise.all(keys.map((key) => this.#redis.ttl(key)));
    return keys.filter((key, i) => lives[i] === -1 && !withoutExpiry.test(key));
  }

  /**
   * Keys of tokens, grants, sessions and upstream tokens that were not there at the last note. `lost` says of how many
   * grants of which accounts the tokens never reached their client: so many may be left, with what belongs to them.
   */
  async newKeysOfAccess(lost: ReadonlyMap<string, number>): Promise<string[]> {
    const excused = await Promise.all([...lost].map(([account, grants]) => this.#keysOf(account, grants)));
    const isExcused = new Set(excused.flat());
    const keys = await this.#keysOfAccess();
    return keys.filter((key) => !this.#known.has(key) && !isExcused.has(key));
  }

  /**
   * Resolves once no worker, no open stream, no process group and no needless socket is left. The gateway keeps its
   * connections for a while: as many as there were requests `atOnce`.
   */
  async gone(atOnce: number): Promise<void> {
    await patiently("no worker and no stream should be left", async () => {
      const { status, workers, streams } = await this.health();
      return status === "ok" && workers.live + workers.waiting + streams === 0 && this.workers().length === 0;
    });
    await patiently("no worker's process should be left", () => ![...this.#seenWorkers].some(isRunning));
    const groups = join(this.#stack.dir, "run", "process-groups");
    await patiently("no process group should be written down", () => readdirSync(groups).length === 0);
    for (const socket of Object.values(this.#stack.sockets)) {
      const files = readdirSync(dirname(socket));
      if (files.length !== 1) throw new Error(`Beside ${socket}: ${files.join(", ")}`);
    }
    for (const part of ["authServer", "sessionDaemon"] as const) {
      const most = this.#socketsAtFirst[part] + atOnce + socketsMore;
      const { pid } = this.#stack[part];
      await patiently(`no needless socket of ${part} should be open`, () => socketsOf(pid) <= most);
    }
  }

  close(): void {
    this.#redis.disconnect();
  }

  /** All keys that the grants of an account rest on; none of them when there are more grants than `grants`. */
  async #keysOf(account: string, grants: number): Promise<string[]> {
    const ids = await this.#redis.hkeys(`account-grants:${account}`);
    if (ids.length > grants) return [];
    const tokens = await Promise.all(ids.map((id) => this.#redis.zrange(`grant-tokens:${id}`, 0, "-1")));
    const sessions = await this.#redis.hkeys(`session:of:${account}`);
    const { clientId } = this.#stack.forgejo;
    return [
      `account-grants:${account}`,
      `upstream:${clientId}:${account}`,
      ...ids.flatMap((id) => [`grant:${id}`, `grant-tokens:${id}`]),
      ...tokens.flat(),
      ...sessions.map((id) => `session:id:${id}`),
      `session:of:${account}`,
      "session:accounts",
    ];
  }

  async #keysOfAccess(): Promise<string[]> {
    return (await this.#keys()).filter((key) => !harmless.test(key));
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
