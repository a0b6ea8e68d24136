import { isDeepStrictEqual } from "node:util";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import type { AuthenticatedCaller } from "../../auth/principal.ts";
import type { ClientRequest } from "../../jsonrpc/client-message.ts";
import { StartFailedError, tooManyCalls, upstreamUnavailable } from "../calls/call-errors.ts";
import type { ListDigests } from "../mcp-client/list-change-detector.ts";
import type { UpstreamToken } from "./fetch-upstream-token.ts";
import { StartBackoff } from "./start-backoff.ts";
import { startWorker, type ReadyWorker, type StartWorkerDeps } from "./start-worker.ts";
import { QueuedCall, type WorkerWaiter } from "./queued-call.ts";
import type { Worker } from "../child/worker.ts";
import { limitLifetime } from "./worker-lifetime.ts";
import { CallError, type Call, type CallSink, type ListKind } from "../call.ts";

export interface GrantWorkersOptions {
  readonly startDeps: StartWorkerDeps;
  readonly idleTimeoutMs: number;
  readonly onListChanged: (kind: ListKind) => void;
}

/**
 * Calls of one grant in flight or queued. A user's agents have a dozen; a client in a loop would fill the daemon's memory
 * and keep the child from all other calls.
 */
const maxCallsPerGrant = 256;
/** After a failed rollover the old worker serves at least this long before the next attempt. */
const rolloverRetryMs = 1_000;

/** The workers of one grant: one that accepts calls, and those that finish theirs on an older Forgejo token. */
export class GrantWorkers {
  readonly #options: GrantWorkersOptions;
  readonly #workers = new Set<Worker>();
  /** With the caller of each: its access token is not kept longer than that. */
  readonly #waiting = new Map<WorkerWaiter, AuthenticatedCaller>();
  readonly #digests: ListDigests = new Map();
  readonly #backoff = new StartBackoff();
  readonly #ended = new AbortController();
  #current: ReadyWorker | undefined;
  #starting: Promise<void> | undefined;
  #rolloverAtMs = 0;
  #initializeResult: InitializeResult | undefined;

  constructor(options: GrantWorkersOptions) {
    this.#options = options;
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
    if (this.#current !== undefined && this.#acceptsCalls(this.#current)) {
      return this.#current.worker.call(request, sink);
    }
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

  #acceptsCalls({ worker, token }: ReadyWorker): boolean {
    const nowMs = this.#options.startDeps.clock();
    return worker.state === "open" && nowMs < this.#rolloverAtMs && nowMs < token.expiresAtMs;
  }

  /** True while the token of the current worker is valid, though a rollover may be due. */
  #canServe(): boolean {
    return (
      this.#current !== undefined &&
      this.#current.worker.state === "open" &&
      this.#options.startDeps.clock() < this.#current.token.expiresAtMs
    );
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
    const serving = this.#canServe() ? this.#current?.worker : undefined;
    const start = {
      caller,
      serving,
      checkToken: (token: UpstreamToken) => {
        if (serving !== undefined && token.expiresAtMs <= (this.#current?.token.expiresAtMs ?? 0)) {
          throw upstreamUnavailable(5);
        }
      },
      digests: this.#digests,
      onListChanged: this.#options.onListChanged,
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
    this.#rolloverAtMs = token.expiresAtMs - this.#leadMs(token);
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
    const old = this.#current;
    if (old === undefined || !this.#canServe()) {
      this.#failWaiting(error);
      return;
    }
    this.#rolloverAtMs =
      this.#options.startDeps.clock() + Math.min(rolloverRetryMs, this.#leadMs(old.token) / 3);
    this.#notifyReady(old);
  }

  #handleGone(worker: Worker): void {
    this.#workers.delete(worker);
    if (this.#current?.worker === worker) this.#current = undefined;
    if (!worker.hasCrashed || !this.#backoff.crashed(worker.hasCompletedCalls)) return;
    const reference = newErrorReference();
    this.#options.startDeps.log.warn({ reference }, "workers of a grant end by themselves again and again");
    const error = new StartFailedError("ended by itself again and again", reference);
    this.#backoff.startFailed(error, performance.now());
  }

  /** How long before a token's expiry its successor is started: a call that starts now may take the whole timeout. */
  #leadMs(token: UpstreamToken): number {
    const third = (token.expiresAtMs - token.issuedAtMs) / 3;
    return Math.min(this.#options.startDeps.requestTimeoutMs, third);
  }

  #unexpected(error: unknown): CallError {
    const reference = newErrorReference();
    this.#options.startDeps.log.error({ reference, err: error }, "a worker could not be started");
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
