import { isDeepStrictEqual } from "node:util";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import type { AuthenticatedCaller } from "../../auth/principal.ts";
import type { ClientRequest } from "../../jsonrpc/client-message.ts";
import { StartFailedError, tooManyCalls, upstreamUnavailable } from "../calls/call-errors.ts";
import type { ListDigests } from "../mcp-client/list-change-detector.ts";
import type { UpstreamToken } from "./fetch-upstream-token.ts";
import { RolloverPolicy, type TokenPhase } from "./rollover-policy.ts";
import { StartBackoff } from "./start-backoff.ts";
import { startWorker, type ReadyWorker, type StartWorkerDeps } from "./start-worker.ts";
import { QueuedCall, type WorkerWaiter } from "./queued-call.ts";
import type { Worker } from "../child/worker.ts";
import type { WorkerEvents } from "../worker-events.ts";
import { limitLifetime } from "./worker-lifetime.ts";
import { CallError, type Call, type CallSink, type ListKind } from "../call.ts";

export interface GrantWorkersOptions {
  readonly startDeps: StartWorkerDeps;
  readonly idleTimeoutMs: number;
  readonly onListChanged: (kind: ListKind) => void;
  /** Bound to the grant. */
  readonly events: WorkerEvents;
}

/**
 * Calls of one grant in flight or queued. A user's agents have a dozen; a client in a loop would fill the daemon's memory
 * and keep the child from all other calls.
 */
const maxCallsPerGrant = 256;

/** The workers of one grant: one that accepts calls, and those that finish theirs on an older Forgejo token. */
export class GrantWorkers {
  readonly #options: GrantWorkersOptions;
  readonly #workers = new Set<Worker>();
  /** With the caller of each: its access token is not kept longer than that. */
  readonly #waiting = new Map<WorkerWaiter, AuthenticatedCaller>();
  readonly #digests: ListDigests = new Map();
  readonly #rollover: RolloverPolicy;
  readonly #backoff = new StartBackoff();
  readonly #ended = new AbortController();
  #current: ReadyWorker | undefined;
  #starting: Promise<void> | undefined;
  /** When the next worker is to replace the current one. */
  #rolloverAtMs = 0;
  #initializeResult: InitializeResult | undefined;

  constructor(options: GrantWorkersOptions) {
    this.#options = options;
    const { requestTimeoutMs, clock } = options.startDeps;
    this.#rollover = new RolloverPolicy(requestTimeoutMs, clock);
  }

  /** The newest worker's `initialize` result, as forwarded; undefined until the first worker is ready. */
  get initializeResult(): InitializeResult | undefined {
    return this.#initializeResult;
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

  call(caller: AuthenticatedCaller, request: ClientRequest, sink: CallSink): Call {
    if (this.#isFull) {
      queueMicrotask(() => sink.failed(tooManyCalls(maxCallsPerGrant)));
      return { cancel: () => undefined };
    }
    const current = this.#current;
    if (current !== undefined && this.#phase(current) === "fresh") return current.worker.call(request, sink);
    const call = new QueuedCall(request, sink, (waiter) => this.stopWaiting(waiter));
    this.wait(caller, call);
    return call;
  }

  /** Starts a worker, unless one is starting. Calls the waiter back asynchronously, never before this returns. */
  wait(caller: AuthenticatedCaller, waiter: WorkerWaiter): void {
    if (this.#isFull) {
      queueMicrotask(() => waiter.onFailed(tooManyCalls(maxCallsPerGrant)));
      return;
    }
    this.#waiting.set(waiter, caller);
    this.#starting ??= this.#start(caller);
  }

  stopWaiting(waiter: WorkerWaiter): void {
    this.#waiting.delete(waiter);
  }

  /** Fails all calls with `reason`; resolves with the number of ended workers once their processes are gone. */
  async end(reason: CallError): Promise<number> {
    this.#ended.abort();
    this.#failWaiting(reason);
    const ending = new Set(this.#workers);
    for (const worker of ending) void worker.end(reason);
    await this.#starting;
    await Promise.all([...ending].map((worker) => worker.gone));
    return ending.size;
  }

  get #isFull(): boolean {
    let calls = this.#waiting.size;
    for (const worker of this.#workers) calls += worker.callsInFlight;
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

  async #start(caller: AuthenticatedCaller): Promise<void> {
    // `wait` must return before a waiter is called back.
    await Promise.resolve();
    const blocked = this.#backoff.blockedBy(performance.now());
    if (blocked !== undefined) {
      this.#starting = undefined;
      this.#serveWithout(blocked);
      return;
    }
    try {
      const ready = await this.#startOne(caller);
      this.#starting = undefined;
      await this.#started(ready);
    } catch (thrown) {
      this.#starting = undefined;
      const error = thrown instanceof CallError ? thrown : this.#unexpected(thrown);
      if (error instanceof StartFailedError) this.#backoff.startFailed(error, performance.now());
      if (error.kind === "token_rejected") this.#rejectToken(caller, error);
      else this.#serveWithout(error);
    }
  }

  #startOne(caller: AuthenticatedCaller): Promise<ReadyWorker> {
    const serving = this.#serving;
    const start = {
      caller,
      serving: serving?.worker,
      checkToken: (token: UpstreamToken) => {
        const isReplacing = serving !== undefined && this.#current === serving;
        if (isReplacing && token.expiresAtMs <= serving.token.expiresAtMs) throw upstreamUnavailable(5);
      },
      digests: this.#digests,
      onListChanged: this.#options.onListChanged,
      events: this.#options.events,
    };
    return startWorker(this.#options.startDeps, start, this.#ended.signal);
  }

  async #started(ready: ReadyWorker): Promise<void> {
    const { worker, slot, token, initializeResult } = ready;
    if (this.#ended.signal.aborted) return await worker.end();
    this.#backoff.started();
    this.#workers.add(worker);
    void worker.gone.then(() => this.#handleGone(worker));
    limitLifetime(worker, this.#options.idleTimeoutMs, token.expiresAtMs, this.#options.startDeps.clock);
    this.#current?.worker.retire();
    this.#current = ready;
    this.#rolloverAtMs = this.#rollover.dueAtMs(token);
    const before = this.#initializeResult;
    this.#initializeResult = initializeResult;
    if (before !== undefined && !isDeepStrictEqual(before, initializeResult)) this.#reportAllLists();
    this.#notifyReady(ready);
    slot.occupy(worker);
  }

  /** The access token of this caller is not valid any more; waiting calls with another token start with theirs. */
  #rejectToken({ accessToken }: AuthenticatedCaller, error: CallError): void {
    for (const [waiter, caller] of this.#waiting) {
      if (caller.accessToken !== accessToken) continue;
      this.#waiting.delete(waiter);
      waiter.onFailed(error);
    }
    const [next] = this.#waiting.values();
    if (next !== undefined) this.#starting ??= this.#start(next);
  }

  /** There is no new worker: the current one serves if it can. */
  #serveWithout(error: CallError): void {
    const serving = this.#serving;
    if (serving === undefined) {
      this.#failWaiting(error);
      return;
    }
    this.#rolloverAtMs = this.#rollover.retryAtMs(serving.token);
    this.#notifyReady(serving);
  }

  #handleGone(worker: Worker): void {
    this.#workers.delete(worker);
    if (this.#current?.worker === worker) this.#current = undefined;
    if (!worker.hasCrashed || !this.#backoff.crashed(worker.hasCompletedCalls)) return;
    const reference = newErrorReference();
    this.#options.events.crashLoop({ reference });
    const error = new StartFailedError("keeps ending by itself", reference);
    this.#backoff.startFailed(error, performance.now());
  }

  #unexpected(error: unknown): CallError {
    const reference = newErrorReference();
    this.#options.events.startError({ reference, err: error });
    return new StartFailedError("failed to start", reference);
  }

  #reportAllLists(): void {
    // So that a difference in the new worker's lists is not reported a second time.
    this.#digests.clear();
    for (const kind of ["tools", "resources", "prompts"] as const) this.#options.onListChanged(kind);
  }

  #notifyReady(ready: ReadyWorker): void {
    const waiters = [...this.#waiting.keys()];
    this.#waiting.clear();
    for (const waiter of waiters) waiter.onReady(ready);
  }

  #failWaiting(error: CallError): void {
    const waiters = [...this.#waiting.keys()];
    this.#waiting.clear();
    for (const waiter of waiters) waiter.onFailed(error);
  }
}
