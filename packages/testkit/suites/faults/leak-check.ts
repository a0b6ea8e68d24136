import { readdirSync, readlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { Redis } from "ioredis";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { controlPaths, healthResponse, type HealthResponse } from "@fjmcp/shared/ipc/control";
import { childrenOf, isRunning } from "../../src/process/process-children.ts";
import type { Stack } from "../../src/stack/stack.ts";
import { eventually } from "./eventually.ts";

/** Keys of a revoked grant that may remain until they expire. */
const allowedRemnants =
  /^(revoked-grant:|interaction:|as-session|login-state:|login-outcome:|(installation|auth-servers|interactions|login-states|user-codes|user-code-browsers)$|upstream-lock:|token-request-lock:|request-rate:|account-history:)/;
/** Allowance for short-lived connections, in addition to those that the gateway keeps open. */
const socketAllowance = 10;

/** Checks that ended grants leave no keys, processes, streams or sockets behind. */
export class LeakCheck {
  readonly #stack: Stack;
  readonly #redis: Redis;
  readonly #seenWorkers = new Set<number>();
  #known = new Set<string>();
  readonly #initialSockets: { readonly authServer: number; readonly sessionDaemon: number };

  constructor(stack: Stack) {
    this.#stack = stack;
    this.#redis = new Redis({ ...stack.redis.unrestricted, retryStrategy: () => 100 });
    this.#redis.on("error", () => undefined);
    const { authServer, sessionDaemon } = stack;
    this.#initialSockets = {
      authServer: socketsOf(authServer.pid),
      sessionDaemon: socketsOf(sessionDaemon.pid),
    };
  }

  /** Records the keys that exist now: later checks do not count them as leaks. */
  async recordKeys(): Promise<void> {
    this.#known = new Set(await this.#accessKeys());
  }

  /** The pids of the running workers; `expectNone` requires that each of them has ended. */
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

  /** Keys without an expiry: there must be none. */
  async keysWithoutExpiry(): Promise<string[]> {
    const keys = await this.#keys();
    const lives = await Promise.all(keys.map((key) => this.#redis.ttl(key)));
    return keys.filter((_, i) => lives[i] === -1);
  }

  /**
   * Keys of tokens, grants, sessions and upstream tokens that did not exist at the last `recordKeys`. `lost` gives for an
   * account the number of grants whose tokens never reached their client: so many grants may remain, with their keys.
   */
  async newAccessKeys(lost: ReadonlyMap<string, number>): Promise<string[]> {
    const exempt = await Promise.all([...lost].map(([account, grants]) => this.#keysOf(account, grants)));
    const exemptKeys = new Set(exempt.flat());
    const keys = await this.#accessKeys();
    return keys.filter((key) => !this.#isOfKnown(key) && !exemptKeys.has(key));
  }

  /** The last tools of a grant are recorded up to 10 s after its calls. */
  #isOfKnown(key: string): boolean {
    return this.#known.has(key) || this.#known.has(key.replace(/^grant-tools:/, "grant:"));
  }

  /**
   * Resolves once no worker, open stream, process group or unneeded socket is left. The gateway keeps idle connections
   * for a while: at most as many as there were requests `atOnce`.
   */
  async expectNone(atOnce: number): Promise<void> {
    await eventually("no worker and no stream should be left", async () => {
      const { redis, workers, streams } = await this.health();
      return (
        redis.status === "ok" && workers.live + workers.waiting + streams === 0 && this.workers().length === 0
      );
    });
    await eventually("no worker's process should be left", () => ![...this.#seenWorkers].some(isRunning));
    const groups = join(this.#stack.dir, "run", "process-groups");
    await eventually("no process group should be registered", () => readdirSync(groups).length === 0);
    for (const socket of Object.values(this.#stack.sockets)) {
      const files = readdirSync(dirname(socket));
      if (files.length !== 1) throw new Error(`Beside ${socket}: ${files.join(", ")}`);
    }
    for (const daemon of ["authServer", "sessionDaemon"] as const) {
      const most = this.#initialSockets[daemon] + atOnce + socketAllowance;
      const { pid } = this.#stack[daemon];
      await eventually(`no unneeded socket of ${daemon} should be open`, () => socketsOf(pid) <= most);
    }
  }

  close(): void {
    this.#redis.disconnect();
  }

  /** All keys of the account and its grants; empty when it has more than `grants` grants. */
  async #keysOf(account: string, grants: number): Promise<string[]> {
    const ids = await this.#redis.zrange(`account-grants:${account}`, 0, "-1");
    if (ids.length > grants) return [];
    const tokens = await Promise.all(ids.map((id) => this.#redis.zrange(`grant-tokens:${id}`, 0, "-1")));
    const access = await Promise.all(
      ids.map((id) => this.#redis.lrange(`grant-access-tokens:${id}`, 0, "-1")),
    );
    const sessions = await this.#redis.hkeys(`session:of:${account}`);
    const { clientId } = this.#stack.forgejo;
    return [
      `account-grants:${account}`,
      `account-grants-by-use:${account}`,
      `upstream:${clientId}:${account}`,
      ...ids.flatMap((id) => [
        `grant:${id}`,
        `grant-tokens:${id}`,
        `grant-access-tokens:${id}`,
        `grant-tools:${id}`,
      ]),
      ...tokens.flat(),
      ...access.flat().map((entry) => entry.split(" ", 1)[0]!),
      ...sessions.map((id) => `session:id:${id}`),
      `session:of:${account}`,
      ...ids.map((id) => `session:grant:${id}`),
      "session:accounts",
    ];
  }

  async #accessKeys(): Promise<string[]> {
    return (await this.#keys()).filter((key) => !allowedRemnants.test(key));
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
