import { newErrorReference } from "@fjmcp/shared/error-reference";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import type { AuthenticatedCaller } from "../../auth/authenticated-caller.ts";
import type { Principal } from "@fjmcp/shared/principal";
import type { ClientRequest } from "../../jsonrpc/client-message.ts";
import {
  AccountBlockedError,
  StartFailedError,
  tooManyCalls,
  tooManyWaiting,
  upstreamUnavailable,
} from "../calls/call-errors.ts";
import type { GrantClients } from "../grant-clients.ts";
import { requestIgnoringResponse } from "../mcp-client/child-request.ts";
import { restoreGrantState } from "../mcp-client/restore-grant-state.ts";
import { GrantLists } from "./grant-lists.ts";
import type { OwnedWorkers } from "./owned-workers.ts";
import type { UpstreamToken } from "../upstream-token.ts";
import { RolloverPolicy, type TokenPhase } from "./rollover-policy.ts";
import { StartBackoff } from "./start-backoff.ts";
import { startWorker, type PreparedStart, type ReadyWorker, type StartWorkerDeps } from "./start-worker.ts";
import { QueuedCall, type WorkerWaiter } from "./queued-call.ts";
import type { Worker } from "../child/worker.ts";
import type { WorkerEvents } from "../worker-events.ts";
import type { UserChecks } from "./user-checks.ts";
import { WaiterQueue, type WaitingByAccount } from "./waiter-queue.ts";
import { limitLifetime } from "./worker-lifetime.ts";
import { CallError, type Call, type CallSink, type ListKind, type Recheck } from "../call.ts";

interface GrantWorkersDeps {
  readonly owner: Principal;
  readonly userChecks: UserChecks;
  readonly waitingByAccount: WaitingByAccount;
  readonly startDeps: StartWorkerDeps;
  readonly idleTimeoutMs: number;
  readonly clients: GrantClients;
  /** Called with the result of each new worker, before a call runs on it. */
  readonly onInitialized: (result: InitializeResult) => void;
  /** A list may have changed; it is called before `onListChanged`. */
  readonly onListStale: (kind: ListKind) => void;
  /** Bound to the grant. */
  readonly events: WorkerEvents;
}

/**
 * Calls of one grant in flight or queued. A user's agents have a dozen; a client in a loop would fill the daemon's memory
 * and keep the child from all other calls.
 */
const maxCallsPerGrant = 256;
/** Calls that wait for a worker, over all grants of one account. */
const maxWaitingPerAccount = 512;

/** The workers of one grant: one that accepts calls, and those that finish theirs on an older Forgejo token. */
export class GrantWorkers implements OwnedWorkers {
  /** The lists of the grant's child. */
  readonly lists: GrantLists;
  readonly #deps: GrantWorkersDeps;
  readonly #workers = new Set<Worker>();
  readonly #waiting: WaiterQueue;
  readonly #rollover: RolloverPolicy;
  #backoff = new StartBackoff();
  readonly #ended = new AbortController();
  #current: ReadyWorker | undefined;
  #starting: Promise<void> | undefined;
  /** When the next worker is to replace the current one. */
  #rolloverAtMs = 0;
  /** Counts the replacements of the account's Forgejo tokens. */
  #retirements = 0;

  constructor(deps: GrantWorkersDeps) {
    this.#deps = deps;
    this.#waiting = new WaiterQueue(deps.waitingByAccount);
    const { onTools, requestTimeoutMs, clock } = deps.startDeps;
    this.lists = new GrantLists({ ...deps, clock, onTools });
    this.#rollover = new RolloverPolicy(requestTimeoutMs, clock);
  }

  get workers(): ReadonlySet<Worker> {
    return this.#workers;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get isStarting(): boolean {
    return this.#starting !== undefined;
  }

  /** The worker that would get a call now; undefined when the call would wait for one. */
  get accepting(): ReadyWorker | undefined {
    const current = this.#current;
    return current !== undefined && this.#phase(current) === "fresh" ? current : undefined;
  }

  call(caller: AuthenticatedCaller, request: ClientRequest, sink: CallSink, recheck?: Recheck): Call {
    if (this.#isFull) {
      queueMicrotask(() => sink.failed(tooManyCalls(maxCallsPerGrant)));
      return { cancel: () => undefined };
    }
    const { accepting } = this;
    if (accepting !== undefined) return accepting.worker.call(request, sink);
    const call = new QueuedCall(request, sink, {
      onCancel: (waiter) => this.stopWaiting(waiter),
      onWaited: (seconds) => this.#deps.startDeps.metrics.onWaited(seconds),
      recheck,
    });
    this.wait(caller, call);
    return call;
  }

  /** Starts a worker, unless one is starting. Calls the waiter back asynchronously, never before this returns. */
  wait(caller: AuthenticatedCaller, waiter: WorkerWaiter): void {
    const isAccountFull = this.#waiting.ofAccount(caller.accountId) >= maxWaitingPerAccount;
    if (this.#isFull || isAccountFull) {
      const error = isAccountFull ? tooManyWaiting(maxWaitingPerAccount) : tooManyCalls(maxCallsPerGrant);
      queueMicrotask(() => waiter.onFailed(error));
      return;
    }
    this.#waiting.add(waiter, caller);
    this.#starting ??= this.#start(caller);
  }

  /** Whether a call would find a worker, or wait for one that is starting. */
  get hasWorker(): boolean {
    return this.#starting !== undefined || this.#serving !== undefined;
  }

  /** Starts a worker that no call waits for yet. To be called only without a worker. */
  start(prepared: PreparedStart): void {
    this.#starting ??= this.#start(prepared);
  }

  stopWaiting(waiter: WorkerWaiter): void {
    this.#waiting.delete(waiter);
  }

  /** A request of the broker itself, if a worker that speaks a revision with sessions accepts calls; its response changes nothing. */
  requestIgnoringResponse(method: string, params: Readonly<Record<string, unknown>>): void {
    const worker = this.#current?.worker;
    if (worker?.state === "open" && worker.era === "sessions")
      requestIgnoringResponse(worker, method, params);
  }

  /** Some client is not subscribed to the resource any more, and no other is. */
  unsubscribe(uri: string): void {
    const { worker, subscriptions } = this.#current ?? {};
    if (subscriptions === undefined) this.requestIgnoringResponse("resources/unsubscribe", { uri });
    else if (worker?.state === "open") subscriptions.update().catch(() => undefined);
  }

  async end(reason: CallError, interrupted = reason): Promise<number> {
    this.#ended.abort();
    this.#waiting.fail(reason);
    const ending = new Set(this.#workers);
    for (const worker of ending) void worker.end(interrupted);
    await this.#starting;
    await Promise.all([...ending].map((worker) => worker.whenEnded));
    return ending.size;
  }

  /** Waiting calls get a new worker. */
  retire(): number {
    this.#retirements++;
    this.#backoff = new StartBackoff();
    for (const worker of this.#workers) worker.retire();
    return this.#workers.size;
  }

  get #isFull(): boolean {
    let calls = this.#waiting.size;
    for (const worker of this.#workers) calls += worker.clientCallsInFlight;
    return calls >= maxCallsPerGrant;
  }

  /** The phase of the current worker's token; `expired` too when the worker does not accept calls any more. */
  #phase({ worker, token }: ReadyWorker): TokenPhase {
    return worker.state === "open" ? this.#rollover.phase(token, this.#rolloverAtMs) : "expired";
  }

  /** The current worker while its token is valid, though a rollover may be due. */
  get #serving(): ReadyWorker | undefined {
    const current = this.#current;
    return current === undefined || this.#phase(current) === "expired" ? undefined : current;
  }

  async #start(from: AuthenticatedCaller | PreparedStart): Promise<void> {
    // `wait` must return before a waiter is called back.
    await Promise.resolve();
    const blocked = this.#backoff.blockedBy(performance.now());
    if (blocked !== undefined) {
      if ("slot" in from) from.slot.release();
      this.#starting = undefined;
      this.#serveWithout(blocked);
      return;
    }
    const retirements = this.#retirements;
    const outcome = await this.#startOne(from).catch((error: unknown) => this.#explain(error));
    await this.#waiting.recheck();
    if (retirements !== this.#retirements) {
      // Its Forgejo token may be the replaced one, whatever came of it.
      if (!(outcome instanceof Error)) await outcome.worker.end();
      this.#starting = undefined;
      this.#startNext();
      return;
    }
    this.#starting = undefined;
    if (!(outcome instanceof Error))
      await this.#started(outcome).catch((error: unknown) => this.#serveWithout(this.#unexpected(error)));
    else if (outcome.kind === "token_rejected" && "accessToken" in from) this.#rejectToken(from, outcome);
    else this.#serveWithout(outcome);
  }

  #startNext(): void {
    const next = this.#waiting.first;
    if (next !== undefined) this.#starting ??= this.#start(next);
  }

  /** The error for the calls that wait for a start that failed; delays the next start if the child did not get ready. */
  async #explain(thrown: unknown): Promise<CallError> {
    if (thrown instanceof AccountBlockedError) this.#deps.userChecks.block(this.#deps.owner, thrown);
    if (thrown instanceof CallError && !(thrown instanceof StartFailedError)) return thrown;
    const backoff = this.#backoff;
    const error =
      thrown instanceof StartFailedError
        ? await this.#deps.userChecks.explain(this.#deps.owner, thrown, this.#ended.signal)
        : this.#unexpected(thrown);
    backoff.recordFailure(error, performance.now());
    return error;
  }

  #startOne(from: AuthenticatedCaller | PreparedStart): Promise<ReadyWorker> {
    const serving = this.#serving;
    const start = {
      accountId: this.#deps.owner.accountId,
      grantId: this.#deps.owner.grantId,
      from,
      serving: serving?.worker,
      checkToken: (token: UpstreamToken) => {
        const isReplacing = serving !== undefined && this.#current === serving;
        if (isReplacing && token.expiresAtMs <= serving.token.expiresAtMs) throw upstreamUnavailable();
      },
      client: undefined,
      subscribedUris: () => this.#deps.clients.subscribedUris(this.#deps.owner.grantId),
      onInitialized: (worker: Worker, result: InitializeResult) => this.lists.watch(worker, result),
      onChildError: () => this.#deps.userChecks.onChildError(this.#deps.owner),
      events: this.#deps.events,
    };
    return startWorker(this.#deps.startDeps, start, this.#ended.signal);
  }

  async #started(ready: ReadyWorker): Promise<void> {
    const { worker, slot, token, initializeResult } = ready;
    if (this.#ended.signal.aborted) return await worker.end();
    this.#backoff.recordStart();
    this.#workers.add(worker);
    void worker.whenEnded.then(() => this.#handleEnd(worker));
    const { clients, idleTimeoutMs, owner, startDeps } = this.#deps;
    limitLifetime(worker, idleTimeoutMs, token.expiresAtMs, startDeps.clock, () =>
      clients.awaitsUpdates(owner.grantId),
    );
    this.#current?.worker.retire();
    this.#current = ready;
    this.#rolloverAtMs = this.#rollover.dueAtMs(token);
    this.#deps.onInitialized(initializeResult);
    // Before the calls, which may depend on it.
    restoreGrantState(ready, clients, owner.grantId);
    this.#waiting.serveAll(ready);
    slot.occupy(worker);
  }

  /** The access token of this caller is not valid any more; waiting calls with another token start with theirs. */
  #rejectToken({ accessToken }: AuthenticatedCaller, error: CallError): void {
    this.#waiting.fail(error, (waiting) => waiting.accessToken === accessToken);
    this.#startNext();
  }

  /** There is no new worker: the current one serves if it can. */
  #serveWithout(error: CallError): void {
    const serving = this.#serving;
    if (serving === undefined) {
      this.#waiting.fail(error);
      return;
    }
    this.#rolloverAtMs = this.#rollover.retryAtMs(serving.token);
    this.#waiting.serveAll(serving);
  }

  #handleEnd(worker: Worker): void {
    this.#workers.delete(worker);
    if (this.#current?.worker === worker) this.#current = undefined;
    if (!worker.hasCrashed || !this.#backoff.recordCrash(worker.hasCompletedCalls)) return;
    const reference = newErrorReference();
    this.#deps.events.crashLoop({ reference });
    const error = new StartFailedError("keeps ending by itself", reference);
    this.#backoff.recordFailure(error, performance.now());
  }

  #unexpected(error: unknown): CallError {
    const reference = newErrorReference();
    this.#deps.events.startError({ reference, err: error });
    return new StartFailedError("failed to start", reference);
  }
}
