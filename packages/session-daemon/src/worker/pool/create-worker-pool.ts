import type { GrantId } from "@fjmcp/shared/ids";
import type { Clock } from "@fjmcp/shared/clock";
import type { Log } from "@fjmcp/shared/log";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import type { AuthenticatedCaller, Principal } from "../../auth/principal.ts";
import type { ClientRequest } from "../../jsonrpc/client-message.ts";
import { shuttingDown, tokenRejected } from "../calls/call-errors.ts";
import type { ChildCommand } from "../command/child-command.ts";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { GrantWorkers } from "./grant-workers.ts";
import { ProcessGroupRegistry } from "../process/process-group-registry.ts";
import type { StartWorkerDeps } from "./start-worker.ts";
import type { UpstreamTokenSource } from "./upstream-token-source.ts";
import type { WorkerWaiter } from "./queued-call.ts";
import type { Call, CallError, CallSink } from "../call.ts";
import type { ListChangedListener, WorkerPool } from "../worker-pool.ts";
import { WorkerSlots } from "./worker-slots.ts";

export interface WorkerPoolOptions {
  readonly child: ChildCommand;
  readonly forgejoUrl: string;
  /** Absolute; process groups are written down in it, and it is the children's working directory and HOME. */
  readonly runtimeDir: string;
  /** The daemon's environment, of which only allow-listed names reach a child. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly maxWorkers: number;
  readonly maxWorkersPerAccount: number;
  readonly idleTimeoutMs: number;
  readonly startTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly queueTimeoutMs: number;
  readonly drainTimeoutMs: number;
  /** A child whose line is longer is ended. Default 16 MiB. */
  readonly maxLineBytes?: number;
  readonly upstreamTokens: UpstreamTokenSource;
  readonly onListChanged: ListChangedListener;
  readonly clock: Clock;
  readonly log: Log;
}

interface Grant extends Principal {
  readonly workers: GrantWorkers;
}

const drainPollMs = 20;
/** Beyond this many, grants without a worker are forgotten: all they lose is the kept initialise result. */
const maxKnownGrants = 10_000;

/** Ends what an earlier run left in `runtimeDir`, then serves. */
export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const ledger = new ProcessGroupRegistry(options.runtimeDir);
  ledger.killOrphans(options.log);
  return new Pool(options, {
    child: options.child,
    forgejoUrl: options.forgejoUrl,
    runtimeDir: options.runtimeDir,
    environment: options.environment,
    setpriv: findExecutable("setpriv", options.environment["PATH"]),
    ledger,
    slots: new WorkerSlots({ total: options.maxWorkers, perAccount: options.maxWorkersPerAccount }),
    upstreamTokens: options.upstreamTokens,
    queueTimeoutMs: options.queueTimeoutMs,
    startTimeoutMs: options.startTimeoutMs,
    requestTimeoutMs: options.requestTimeoutMs,
    maxLineBytes: options.maxLineBytes ?? 16 * 1024 * 1024,
    clock: options.clock,
    log: options.log,
  });
}

class Pool implements WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #starter: StartWorkerDeps;
  readonly #grants = new Map<GrantId, Grant>();
  readonly #ending = new Set<Promise<number[]>>();
  #isStopping = false;

  constructor(options: WorkerPoolOptions, starter: StartWorkerDeps) {
    this.#options = options;
    this.#starter = starter;
    process.once("exit", this.#killAll);
  }

  async initializeResult(caller: AuthenticatedCaller, signal: AbortSignal): Promise<InitializeResult> {
    const { workers } = this.#grant(caller);
    if (workers.initializeResult !== undefined) return workers.initializeResult;
    if (this.#isStopping) throw shuttingDown();
    return await new Promise((resolve, reject) => {
      const abort = () => {
        workers.forget(waiting);
        reject(signal.reason as Error);
      };
      const settled = () => signal.removeEventListener("abort", abort);
      const waiting: WorkerWaiter = {
        ready: ({ initializeResult }) => {
          settled();
          resolve(initializeResult);
        },
        failed: (error) => {
          settled();
          reject(error);
        },
      };
      signal.throwIfAborted();
      signal.addEventListener("abort", abort);
      workers.wait(caller, waiting);
    });
  }

  call(caller: AuthenticatedCaller, request: ClientRequest, sink: CallSink): Call {
    if (this.#isStopping) {
      queueMicrotask(() => sink.failed(shuttingDown()));
      return { cancel: () => undefined };
    }
    return this.#grant(caller).workers.call(caller, request, sink);
  }

  async end(matches: (owner: Principal) => boolean): Promise<number> {
    const ending = this.#list().filter(matches);
    for (const grant of ending) this.#grants.delete(grant.grantId);
    const counts = await this.#end(ending, tokenRejected());
    return counts.reduce((sum, count) => sum + count, 0);
  }

  liveGrants(): readonly GrantId[] {
    return this.#list()
      .filter(({ workers }) => workers.workers.size > 0 || workers.isStarting)
      .map((grant) => grant.grantId);
  }

  counts(): { live: number; idle: number; waiting: number } {
    const counts = { live: 0, idle: 0, waiting: 0 };
    for (const { workers } of this.#grants.values()) {
      counts.waiting += workers.waiting;
      for (const worker of workers.workers) {
        counts.live++;
        if (worker.idleSinceMs !== undefined) counts.idle++;
      }
    }
    return counts;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const deadlineMs = performance.now() + this.#options.drainTimeoutMs;
    while (!this.#isDrained() && performance.now() < deadlineMs) {
      await new Promise((resolve) => setTimeout(resolve, drainPollMs));
    }
    void this.#end(this.#list(), shuttingDown());
    this.#grants.clear();
    await Promise.all(this.#ending);
    process.off("exit", this.#killAll);
  }

  /** Who exits without having stopped leaves nobody behind either. */
  readonly #killAll = () => this.#starter.ledger.killAll();

  async #end(grants: readonly Grant[], why: CallError): Promise<number[]> {
    const ended = Promise.all(grants.map((grant) => grant.workers.end(why)));
    this.#ending.add(ended);
    return await ended.finally(() => this.#ending.delete(ended));
  }

  #isDrained(): boolean {
    const { live, idle, waiting } = this.counts();
    return live === idle && waiting === 0;
  }

  #grant(caller: AuthenticatedCaller): Grant {
    const known = this.#grants.get(caller.grantId);
    if (known !== undefined) return known;
    this.#forgetOldest();
    const { grantId, accountId, clientId } = caller;
    const workers = new GrantWorkers({
      starter: this.#starter,
      idleTimeoutMs: this.#options.idleTimeoutMs,
      onListChanged: (kind) => this.#options.onListChanged(grantId, kind),
    });
    const grant = { grantId, accountId, clientId, workers };
    this.#grants.set(grantId, grant);
    return grant;
  }

  #forgetOldest(): void {
    if (this.#grants.size < maxKnownGrants) return;
    const quiet = this.#list().find(({ workers }) => workers.workers.size === 0 && !workers.isStarting);
    if (quiet !== undefined) this.#grants.delete(quiet.grantId);
  }

  #list(): Grant[] {
    return [...this.#grants.values()];
  }
}
