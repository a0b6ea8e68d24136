import type { Log } from "@fjmcp/shared/log";
import type { Clock } from "@fjmcp/shared/clock";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import { serializeNotification, serializeRequest } from "../../jsonrpc/request-serializer.ts";
import type { ClientRequest } from "../../jsonrpc/client-message.ts";
import type { Chunks } from "../../jsonrpc/chunks.ts";
import { withProgressToken } from "../../jsonrpc/progress-token.ts";
import {
  connectionEnded,
  lineTooLong,
  notReading,
  requestTimedOut,
  workerEnded,
} from "../calls/call-errors.ts";
import { CancelledCalls } from "../calls/cancelled-calls.ts";
import { ChildOutputReader } from "./child-output-reader.ts";
import { ChildProcess } from "./child-process.ts";
import { InFlightCall } from "../calls/in-flight-call.ts";
import { InFlightCalls } from "../calls/in-flight-calls.ts";
import type { ProcessGroupRegistry } from "../process/process-group-registry.ts";
import type { Redactor } from "./redactor.ts";
import { StderrLog } from "./stderr-log.ts";
import type { Call, CallError, CallSink, ListKind } from "../call.ts";

export interface WorkerOptions {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly ledger: ProcessGroupRegistry;
  readonly redactor: Redactor;
  readonly requestTimeoutMs: number;
  readonly maxLineBytes: number;
  /** Nobody waits for an answer any more. */
  readonly onIdle: () => void;
  /** The child says that its list has changed. */
  readonly onListChanged: (kind: ListKind) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * One child process and the calls in it. Ids and progress tokens on the wire are the worker's own: one integer per
 * call, never used twice.
 */
export class Worker {
  /** Resolves once the process group is gone, or nothing more can be done about it. */
  readonly gone: Promise<void>;
  readonly #options: WorkerOptions;
  readonly #child: ChildProcess;
  readonly #stderr: StderrLog;
  readonly #inFlight = new InFlightCalls((calls) => this.#expired(calls));
  readonly #cancelled = new CancelledCalls(
    (answered) => this.#ping(answered),
    (call) => {
      this.#inFlight.delete(call);
      this.#settle();
    },
  );
  #resolveGone: () => void = () => undefined;
  #lastId = 0;
  #hasAnsweredCalls = false;
  #isOpen = true;
  #isEnding = false;
  #hasCrashed = false;
  #idleSinceMs = performance.now();

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#stderr = new StderrLog(options.log, options.redactor, options.clock);
    this.gone = new Promise((resolve) => (this.#resolveGone = resolve));
    const reader = new ChildOutputReader(
      options.redactor,
      {
        answered: (id) => this.#answeredCall(id),
        running: (id) => this.#runningCall(id),
        reply: (line) => this.#child.stdin.write(line),
        listChanged: (kind) => {
          if (this.#isOpen) options.onListChanged(kind);
        },
      },
      options.log,
    );
    this.#child = new ChildProcess({
      argv: options.argv,
      env: options.env,
      cwd: options.cwd,
      ledger: options.ledger,
      maxLineBytes: options.maxLineBytes,
      onLine: (line) => {
        if (!this.#isEnding) this.#read(reader, line);
      },
      onLineTooLong: () => {
        options.log.warn({ maxLineBytes: options.maxLineBytes }, "worker wrote a line that is too long");
        void this.end(lineTooLong(options.maxLineBytes));
      },
      onStderr: (line) => this.#stderr.line(line),
      onExit: (how) => this.#exited(how),
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What it said on stderr before it was ready. */
  get startMessages(): readonly string[] {
    return this.#stderr.lastLines;
  }

  /** Takes new calls. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The process ended by itself. */
  get hasCrashed(): boolean {
    return this.#hasCrashed;
  }

  /** More than the broker's own. */
  get hasAnsweredCalls(): boolean {
    return this.#hasAnsweredCalls;
  }

  /** Those that the child may still be busy with, cancelled ones too. */
  get callsInFlight(): number {
    return this.#inFlight.size;
  }

  /** On the clock of `performance.now()`; undefined while the child is busy with a client's call, be it cancelled. */
  get idleSinceMs(): number | undefined {
    return this.#isBusy ? undefined : this.#idleSinceMs;
  }

  get #isBusy(): boolean {
    return this.#inFlight.awaited > 0 || this.#cancelled.size > 0;
  }

  /** To be called once when the handshake is done: from now on it may tell what users do, and idle time counts. */
  ready(): void {
    this.#stderr.ready();
    this.#idleSinceMs = performance.now();
  }

  /** Writes the request to the child: once, whatever happens then. */
  call(request: ClientRequest, sink: CallSink): Call {
    return this.#send(request, sink, performance.now() + this.#options.requestTimeoutMs, true);
  }

  /** The same for the broker itself: the worker counts as idle meanwhile, and is not replaced when it does not answer. */
  ask(request: ClientRequest, sink: CallSink, timeoutMs = this.#options.requestTimeoutMs): void {
    this.#send(request, sink, performance.now() + timeoutMs, false);
  }

  #send(request: ClientRequest, sink: CallSink, deadlineMs: number, isAwaited: boolean): Call {
    const id = ++this.#lastId;
    const call = new InFlightCall(id, request, sink, deadlineMs, isAwaited, this.#cancel);
    if (this.#isEnding || this.#child.stdin.isClogged) {
      const why = this.#isEnding ? connectionEnded() : notReading();
      queueMicrotask(() => sink.failed(why));
      return call;
    }
    this.#inFlight.add(call);
    this.#child.stdin.write(serializeRequest(id, request.method, withProgressToken(request.params, id)));
    return call;
  }

  notify(method: string, params?: Readonly<Record<string, unknown>>): void {
    this.#child.stdin.write(serializeNotification(method, params));
  }

  /** Takes no new call, finishes those in flight, then ends. */
  retire(): void {
    this.#isOpen = false;
    if (this.#inFlight.awaited === 0) void this.end();
  }

  /** Fails what is in flight and ends the process group; resolves once that is gone. */
  end(why: CallError = connectionEnded()): Promise<void> {
    this.#isOpen = false;
    if (!this.#isEnding) {
      this.#isEnding = true;
      void this.#endChild();
      for (const call of this.#inFlight.takeAll()) if (!call.isCancelled) call.sink.failed(why);
    }
    return this.gone;
  }

  async #endChild(): Promise<void> {
    try {
      await this.#child.end();
    } catch (error) {
      this.#options.log.error({ pid: this.pid, err: error }, "a worker could not be cleaned up after");
    }
    this.#resolveGone();
  }

  readonly #cancel = (call: InFlightCall, reason: string | undefined): void => {
    call.isCancelled = true;
    if (!this.#inFlight.has(call)) return;
    this.notify("notifications/cancelled", {
      requestId: call.id,
      ...(reason === undefined ? {} : { reason }),
    });
    this.#cancelled.add(call);
    if (this.#inFlight.release(call)) this.#settle();
  };

  /** A child that does not answer a ping within the request timeout hangs, and is replaced. */
  #ping(answered: () => void): void {
    if (!this.#isOpen) return;
    const sink = {
      notification: () => undefined,
      response: answered,
      failed: () => this.retire(),
    };
    this.ask({ idJson: "null", method: "ping", params: undefined }, sink);
  }

  /** To be called when something has ended that it was busy with. */
  #settle(): void {
    if (!this.#isOpen) {
      if (this.#inFlight.awaited === 0) void this.end();
    } else if (!this.#isBusy) {
      this.#idleSinceMs = performance.now();
      this.#options.onIdle();
    }
  }

  #runningCall(id: number): InFlightCall | undefined {
    const call = this.#inFlight.find(id);
    return call?.isCancelled === true ? undefined : call;
  }

  #answeredCall(id: number): InFlightCall | undefined {
    const call = this.#inFlight.find(id);
    if (call === undefined) return undefined;
    const wasAwaited = this.#inFlight.delete(call);
    if (call.isCancelled) {
      this.#cancelled.delete(call);
      return undefined;
    }
    if (wasAwaited) {
      this.#hasAnsweredCalls = true;
      this.#settle();
    }
    return call;
  }

  #expired(calls: readonly InFlightCall[]): void {
    for (const call of calls) {
      if (call.isCancelled) {
        this.#cancelled.delete(call);
        continue;
      }
      this.notify("notifications/cancelled", { requestId: call.id, reason: "timeout" });
      call.sink.failed(requestTimedOut(this.#options.requestTimeoutMs));
    }
    // It may hang: what is in flight gets its chance, the next call a new process.
    if (calls.some((call) => call.isAwaited)) this.retire();
  }

  /** Whatever goes wrong with a line, no other worker is to suffer from it. */
  #read(reader: ChildOutputReader, line: Chunks): void {
    try {
      reader.read(line);
    } catch (error) {
      const reference = newErrorReference();
      this.#options.log.error({ reference, pid: this.pid, err: error }, "a line of a worker made a fault");
      this.#hasCrashed = true;
      void this.end(workerEnded("its output could not be dealt with", reference));
    }
  }

  #exited(how: string): void {
    if (this.#isEnding) return;
    const reference = newErrorReference();
    this.#options.log.warn({ reference, pid: this.pid, how }, "worker ended by itself");
    this.#hasCrashed = true;
    void this.end(workerEnded(how, reference));
  }
}
