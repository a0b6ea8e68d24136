import { setTimeout as sleep } from "node:timers/promises";
import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import type {
  CheckChildRequest,
  CheckChildResponse,
  StartWorkerResponse,
  WorkerEntry,
} from "@fjmcp/shared/ipc/control";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import type { AuthenticatedCaller } from "../../auth/authenticated-caller.ts";
import type { Principal } from "@fjmcp/shared/principal";
import type { ClientRequest } from "../../jsonrpc/client-message.ts";
import {
  endedByAdministrator,
  interruptedByShutdown,
  shuttingDown,
  tokenRejected,
} from "../calls/call-errors.ts";
import type { UpstreamToken } from "../upstream-token.ts";
import type { ParamHeader } from "../param-header.ts";
import type { Era } from "../../protocol-versions.ts";
import { GrantWorkers } from "./grant-workers.ts";
import { InitializeResults } from "./initialize-results.ts";
import { ProcessGroupRegistry } from "../process/process-group-registry.ts";
import { startDepsOf } from "./start-deps.ts";
import type { StartWorkerDeps } from "./start-worker.ts";
import type { Call, CallError, CallSink, Recheck } from "../call.ts";
import type { WorkerPool } from "../worker-pool.ts";
import { createWorkerEvents, type WorkerEvents } from "../worker-events.ts";
import { EntriesByAccount } from "../../entries-by-account.ts";
import { UserChecks } from "./user-checks.ts";
import { checkChild } from "./check-child.ts";
import { subscribe } from "./subscribe.ts";
import { toolHeaders } from "./tool-headers.ts";
import { workerEntry } from "./worker-entry.ts";
import { waitForWorker } from "./wait-for-worker.ts";
import type { WaitingByAccount } from "./waiter-queue.ts";
import type { WorkerOwner } from "./owned-workers.ts";
import { SessionWorkerSet } from "./session-worker-set.ts";
import type { WorkerPoolDeps } from "./worker-pool-deps.ts";

interface Grant extends WorkerOwner {
  readonly workers: GrantWorkers;
}

const drainPollMs = 20;
const ignoringWaiter = { onReady: () => undefined, onFailed: () => undefined };
/**
 * Beyond this many, a grant without a worker is evicted, of the account that has the most: it only loses what is known of
 * its lists.
 */
const maxKnownGrants = 10_000;

/** Kills the orphans of an earlier run that are registered in `runtimeDir`, then serves. */
export function createWorkerPool(deps: WorkerPoolDeps): WorkerPool {
  const processGroups = new ProcessGroupRegistry(deps.runtimeDir);
  processGroups.killOrphans(createWorkerEvents(deps.log));
  return new Pool(deps, startDepsOf(deps, processGroups));
}

class Pool implements WorkerPool {
  readonly sessions: SessionWorkerSet | undefined;
  readonly #deps: WorkerPoolDeps;
  readonly #startDeps: StartWorkerDeps;
  readonly #events: WorkerEvents;
  readonly #userChecks: UserChecks;
  readonly #waitingByAccount: WaitingByAccount = new Map();
  readonly #grants = new Map<GrantId, Grant>();
  readonly #byAccount = new EntriesByAccount<Grant>();
  readonly #initializeResults: InitializeResults;
  readonly #ending = new Set<Promise<number[]>>();
  #isStopping = false;

  constructor(deps: WorkerPoolDeps, startDeps: StartWorkerDeps) {
    this.#deps = deps;
    this.#startDeps = startDeps;
    this.#events = createWorkerEvents(deps.log);
    this.#initializeResults = new InitializeResults(deps.hasToolTable);
    this.#userChecks = new UserChecks({
      check: deps.userCheck,
      pauseMs: deps.userCheckPauseMs,
      events: this.#events,
    });
    const { idleTimeoutMs, log, sessionClients } = deps;
    this.sessions =
      sessionClients === undefined
        ? undefined
        : new SessionWorkerSet({
            clients: sessionClients,
            startDeps,
            userChecks: this.#userChecks,
            idleTimeoutMs,
            eventsOf: (grantId) => createWorkerEvents(log.child({ grantId })),
            rejection: (caller) => this.rejection(caller),
          });
    process.once("exit", this.#killAll);
  }

  get childEra(): Era {
    return this.#startDeps.childEra.era ?? "sessions";
  }

  async initializeResult(caller: AuthenticatedCaller, signal: AbortSignal): Promise<InitializeResult> {
    const { workers } = this.#grant(caller);
    const kept = this.#initializeResults.get(caller.accountId);
    if (kept !== undefined) {
      // A start that fails is met by the first call.
      if (!this.#isStopping && !workers.hasWorker) workers.wait(caller, ignoringWaiter);
      return kept;
    }
    if (this.#isStopping) throw shuttingDown();
    return (await waitForWorker(workers, caller, signal)).initializeResult;
  }

  keptResult({ accountId }: Principal): InitializeResult | undefined {
    return this.#initializeResults.get(accountId);
  }

  paramHeaders(
    caller: AuthenticatedCaller,
    tool: string,
    signal: () => AbortSignal,
  ): readonly ParamHeader[] | Promise<readonly ParamHeader[]> {
    const { workers } = this.#grant(caller);
    if (this.#isStopping) return Promise.reject(shuttingDown());
    return toolHeaders(workers, caller, tool, signal);
  }

  call(caller: AuthenticatedCaller, request: ClientRequest, sink: CallSink, recheck?: Recheck): Call {
    const rejection = this.rejection(caller);
    if (rejection !== undefined) {
      queueMicrotask(() => sink.failed(rejection));
      return { cancel: () => undefined };
    }
    if (this.sessions !== undefined && sink.session !== undefined)
      return this.sessions.call(sink.session, request, sink);
    return this.#grant(caller).workers.call(caller, request, sink, recheck);
  }

  start(owner: Principal, token: UpstreamToken): StartWorkerResponse["status"] {
    if (this.#isStopping || token.expiresAtMs <= this.#deps.clock()) return "dropped";
    // A session's own worker starts with it.
    if (this.sessions !== undefined) return "dropped";
    const { workers } = this.#grant(owner);
    if (workers.hasWorker) return "dropped";
    const { slots } = this.#startDeps;
    const slot = slots.acquireFree(owner.accountId);
    if (slot === undefined) return slots.isFull ? "full" : "dropped";
    workers.start({ slot, token });
    return "starting";
  }

  requestIgnoringResponse(grantId: GrantId, method: string, params: Readonly<Record<string, unknown>>): void {
    this.#grants.get(grantId)?.workers.requestIgnoringResponse(method, params);
  }

  subscribe(caller: AuthenticatedCaller, uri: string): Promise<object | undefined> {
    const rejection = this.rejection(caller);
    if (rejection !== undefined) return Promise.reject(rejection);
    return subscribe(this.#grant(caller).workers, caller, uri);
  }

  unsubscribe(grantId: GrantId, uri: string): void {
    this.#grants.get(grantId)?.workers.unsubscribe(uri);
  }

  rejection(owner: Principal): CallError | undefined {
    return this.#isStopping ? shuttingDown() : this.#userChecks.rejection(owner);
  }

  async end(matches: (owner: Principal) => boolean): Promise<number> {
    this.#userChecks.end(matches);
    const ending = this.#list().filter(matches);
    for (const grant of this.#grants.values()) if (matches(grant)) this.#remove(grant);
    const counts = await this.#end(ending, tokenRejected());
    return counts.reduce((sum, count) => sum + count, 0);
  }

  retire(accountId: AccountId, grants: readonly GrantId[]): number {
    this.#userChecks.renew(accountId, grants);
    const ids = new Set(grants);
    let retired = 0;
    for (const owner of [...this.#byAccount.of(accountId), ...(this.sessions?.list() ?? [])])
      if (owner.accountId === accountId && ids.has(owner.grantId)) retired += owner.workers.retire();
    this.#events.retired({ accountId, workers: retired });
    return retired;
  }

  liveGrants(): readonly GrantId[] {
    const live = this.#list().filter(({ workers }) => workers.workers.size > 0 || workers.isStarting);
    return [...new Set(live.map(({ grantId }) => grantId))];
  }

  list(): readonly WorkerEntry[] {
    return this.#list().flatMap((grant) =>
      Array.from(grant.workers.workers, (worker) => workerEntry(grant, worker)),
    );
  }

  async endWorker(pid: number): Promise<boolean> {
    for (const { workers } of this.#list()) {
      const worker = [...workers.workers].find((one) => one.pid === pid);
      if (worker === undefined) continue;
      this.#events.terminated({ pid });
      await worker.end(endedByAdministrator());
      return true;
    }
    return false;
  }

  checkChild({ forgejoUrl }: CheckChildRequest): Promise<CheckChildResponse> {
    return checkChild({ ...this.#startDeps, forgejoUrl }, this.#events);
  }

  startingCount(): number {
    return this.#list().filter(({ workers }) => workers.isStarting).length;
  }

  counts(): { live: number; idle: number; waiting: number } {
    const counts = { live: 0, idle: 0, waiting: 0 };
    for (const { workers } of this.#list()) {
      counts.waiting += workers.waiting;
      for (const worker of workers.workers) {
        counts.live++;
        if (worker.idleSinceMs !== undefined) counts.idle++;
      }
    }
    return counts;
  }

  async stop(drainMs: number): Promise<void> {
    this.#isStopping = true;
    const deadlineMs = performance.now() + drainMs;
    while (!this.#isDrained() && performance.now() < deadlineMs) {
      await sleep(drainPollMs);
    }
    void this.#end(this.#list(), shuttingDown(), interruptedByShutdown());
    for (const grant of this.#grants.values()) this.#remove(grant);
    await Promise.all(this.#ending);
    await this.#startDeps.surroundings.settled();
    process.off("exit", this.#killAll);
  }

  /** An exit without `stop` leaves no process behind either. */
  readonly #killAll = () => this.#startDeps.processGroups.killAll();

  async #end(grants: readonly WorkerOwner[], reason: CallError, interrupted = reason): Promise<number[]> {
    const ended = Promise.all(grants.map((grant) => grant.workers.end(reason, interrupted)));
    this.#ending.add(ended);
    return await ended.finally(() => this.#ending.delete(ended));
  }

  #isDrained(): boolean {
    const { live, idle, waiting } = this.counts();
    return live === idle && waiting === 0;
  }

  #grant(caller: Principal): Grant {
    const known = this.#grants.get(caller.grantId);
    if (known !== undefined) return known;
    this.#makeRoom();
    const { grantId, accountId, clientId } = caller;
    const owner = { grantId, accountId, clientId };
    const workers = new GrantWorkers({
      owner,
      userChecks: this.#userChecks,
      waitingByAccount: this.#waitingByAccount,
      startDeps: this.#startDeps,
      idleTimeoutMs: this.#deps.idleTimeoutMs,
      clients: this.#deps.clients,
      onInitialized: (result) => this.#keepInitializeResult(accountId, result),
      onListStale: (kind) => this.#deps.onListStale(grantId, kind),
      events: createWorkerEvents(this.#deps.log.child({ grantId })),
    });
    const grant = { ...owner, workers };
    this.#grants.set(grantId, grant);
    this.#byAccount.add(accountId, grant);
    return grant;
  }

  #keepInitializeResult(accountId: AccountId, result: InitializeResult): void {
    if (!this.#initializeResults.replace(accountId, result)) return;
    const concerned = this.#deps.hasToolTable() ? this.#grants.values() : this.#byAccount.of(accountId);
    for (const { workers } of concerned) workers.lists.reportAll();
  }

  #remove(grant: Grant): void {
    this.#grants.delete(grant.grantId);
    this.#byAccount.delete(grant.accountId, grant);
  }

  #makeRoom(): void {
    if (this.#grants.size < maxKnownGrants) return;
    const unused = this.#byAccount.toEvict(
      ({ workers }) => workers.workers.size === 0 && !workers.isStarting,
    );
    if (unused !== undefined) this.#remove(unused);
  }

  #list(): WorkerOwner[] {
    return [...this.#grants.values(), ...(this.sessions?.list() ?? [])];
  }
}
