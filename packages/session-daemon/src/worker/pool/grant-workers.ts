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
  readonly starter: StartWorkerDeps;
  readonly idleTimeoutMs: number;
  readonly onListChanged: (kind: ListKind) => void;
}

/**
 * Calls of one grant in flight or queued. A user's agents have a dozen; a client in a loop would fill the daemon's memory
 * and keep the child from all other calls.
 */
const maxCallsPerGrant = 256;
/** After a hand-over that came to nothing, the old worker serves at least so long before the next try. */
const handOverRetryMs = 1_000;

/** The workers of one grant: one that takes calls, and those that finish theirs on an older Forgejo token. */
export class GrantWorkers {
  readonly #options: GrantWorkersOptions;
  readonly #workers = new Set<Worker>();
  /** With who they are for: a token is kept until they have been told, and no longer. */
  readonly #waiting = new Map<WorkerWaiter, AuthenticatedCaller>();
  readonly #digests: ListDigests = new Map();
  readonly #backoff = new StartBackoff();
  readonly #ended = new AbortController();
  #current: ReadyWorker | undefined;
  #starting: Promise<void> | undefined;
  #handOverAtMs = 0;
  #initializeResult: InitializeResult | undefined;

  constructor(options: GrantWorkersOptions) {
    this.#options = options;
  }

  /** What the newest worker said, less what is not bridged; undefined while none ever answered. */
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
    if (this.#current !== undefined && this.#takesCalls(this.#current)) {
      return this.#current.worker.call(request, sink);
    }
    const call = new QueuedCall(request, sink, (waiting) => this.forget(waiting));
    this.wait(caller, call);
    return call;
  }

  /** Told later, never at once, about the next worker that is ready. Starts one. */
  wait(caller: AuthenticatedCaller, waiting: WorkerWaiter): void {
    if (this.#isFull) {
      queueMicrotask(() => waiting.failed(tooManyCalls(maxCallsPerGrant)));
      return;
    }
    this.#waiting.set(waiting, caller);
    this.#starting ??= this.#start(caller);
  }

  forget(waiting: WorkerWaiter): void {
    this.#waiting.delete(waiting);
  }

  /** Fails everything and resolves with the number of workers ended, once their processes are gone. */
  async end(why: CallError): Promise<number> {
    this.#ended.abort();
    this.#failWaiting(why);
    const ending = new Set(this.#workers);
    for (const worker of ending) void worker.end(why);
    await this.#starting;
    await Promise.all([...ending].map((worker) => worker.gone));
    return ending.size;
  }

  get #isFull(): boolean {
    let calls = this.#waiting.size;
    for (const worker of this.#workers) calls += worker.callsInFlight;
    return calls >= maxCallsPerGrant;
  }

  #takesCalls({ worker, token }: ReadyWorker): boolean {
    const nowMs = this.#options.starter.clock();
    return worker.isOpen && nowMs < this.#handOverAtMs && nowMs < token.expiresAtMs;
  }

  /** True while the token of the current worker is good, though it may be time for a new one. */
  #canServe(): boolean {
    return (
      this.#current !== undefined &&
      this.#current.worker.isOpen &&
      this.#options.starter.clock() < this.#current.token.expiresAtMs
    );
  }

  async #start(caller: AuthenticatedCaller): Promise<void> {
    // The caller's `wait` must return before anybody is told anything.
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
      if (error.kind === "token_rejected") this.#refuse(caller, error);
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
    return startWorker(this.#options.starter, start, this.#ended.signal);
  }

  async #started(ready: ReadyWorker): Promise<void> {
    const { worker, slot, token, initializeResult } = ready;
    if (this.#ended.signal.aborted) return await worker.end();
    this.#backoff.started();
    this.#workers.add(worker);
    void worker.gone.then(() => this.#gone(worker));
    limitLifetime(worker, this.#options.idleTimeoutMs, token.expiresAtMs, this.#options.starter.clock);
    this.#current?.worker.retire();
    this.#current = ready;
    this.#handOverAtMs = token.expiresAtMs - this.#leadMs(token);
    const before = this.#initializeResult;
    this.#initializeResult = initializeResult;
    if (before !== undefined && !isDeepStrictEqual(before, initializeResult)) this.#tellAllLists();
    this.#tellReady(ready);
    slot.occupy(worker);
  }

  /** The token of this caller is no good any more; those who wait with another one try theirs. */
  #refuse({ accessToken }: AuthenticatedCaller, error: CallError): void {
    for (const [waiting, caller] of this.#waiting) {
      if (caller.accessToken !== accessToken) continue;
      this.#waiting.delete(waiting);
      waiting.failed(error);
    }
    const [next] = this.#waiting.values();
    if (next !== undefined) this.#starting ??= this.#start(next);
  }

  /** There is no new worker: an old one serves if it can. */
  #serveWithout(error: CallError): void {
    const old = this.#current;
    if (old === undefined || !this.#canServe()) {
      this.#failWaiting(error);
      return;
    }
    this.#handOverAtMs =
      this.#options.starter.clock() + Math.min(handOverRetryMs, this.#leadMs(old.token) / 3);
    this.#tellReady(old);
  }

  #gone(worker: Worker): void {
    this.#workers.delete(worker);
    if (this.#current?.worker === worker) this.#current = undefined;
    if (!worker.hasCrashed || !this.#backoff.crashed(worker.hasAnsweredCalls)) return;
    const reference = newErrorReference();
    this.#options.starter.log.warn({ reference }, "workers of a grant end by themselves again and again");
    const error = new StartFailedError("ended by itself again and again", reference);
    this.#backoff.startFailed(error, performance.now());
  }

  /** How long before a token's expiry a new worker is brought up: a call that starts now may take the whole timeout. */
  #leadMs(token: UpstreamToken): number {
    const third = (token.expiresAtMs - token.issuedAtMs) / 3;
    return Math.min(this.#options.starter.requestTimeoutMs, third);
  }

  #unexpected(error: unknown): CallError {
    const reference = newErrorReference();
    this.#options.starter.log.error({ reference, err: error }, "a worker could not be started");
    return new StartFailedError("failed to start", reference);
  }

  #tellAllLists(): void {
    // What the new worker's lists look like is then nothing to tell once more.
    this.#digests.clear();
    for (const kind of ["tools", "resources", "prompts"] as const) this.#options.onListChanged(kind);
  }

  #tellReady(ready: ReadyWorker): void {
    const waiting = [...this.#waiting.keys()];
    this.#waiting.clear();
    for (const one of waiting) one.ready(ready);
  }

  #failWaiting(error: CallError): void {
    const waiting = [...this.#waiting.keys()];
    this.#waiting.clear();
    for (const one of waiting) one.failed(error);
  }
}
