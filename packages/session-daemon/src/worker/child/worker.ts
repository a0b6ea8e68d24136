import { newErrorReference } from "@fjmcp/shared/error-reference";
import { serializeNotification, serializeRequest } from "../../jsonrpc/request-serializer.ts";
import type { ClientRequest } from "../../jsonrpc/client-message.ts";
import type { Chunks } from "../../jsonrpc/chunks.ts";
import { withProgressToken } from "../../jsonrpc/progress-token.ts";
import type { Era } from "../../protocol-versions.ts";
import type { Call, CallError, CallSink } from "../call.ts";
import { nothingToCall, type ChildListener } from "../child-listener.ts";
import {
  connectionEnded,
  lineTooCostly,
  lineTooLong,
  notReading,
  requestTimedOut,
  workerEnded,
  workerOutOfMemory,
} from "../calls/call-errors.ts";
import { CallTable } from "../calls/call-table.ts";
import type { InFlightCall } from "../calls/in-flight-call.ts";
import type { ChildExit } from "./child-exit.ts";
import { ChildOutputReader } from "./child-output-reader.ts";
import { ChildProcess } from "./child-process.ts";
import { notificationParams, paramsForEra } from "./era-params.ts";
import { ListenStreams } from "./listen-streams.ts";
import { LostOutputLog } from "./lost-output-log.ts";
import { OutOfMemoryDetector } from "./out-of-memory.ts";
import { StderrLog } from "./stderr-log.ts";
import type { WorkerDeps, WorkerState } from "./worker-deps.ts";

/**
 * One child process and the calls in it. Ids and progress tokens on the wire are the worker's own: one integer per
 * call, never used twice.
 */
export class Worker {
  /** Resolves once the process group is gone, or every attempt to end it has failed. */
  readonly whenEnded: Promise<void>;
  readonly startedAtMs: number;
  /** Only for a child without sessions. */
  readonly streams: ListenStreams;
  readonly #deps: WorkerDeps;
  readonly #child: ChildProcess;
  readonly #stderr: StderrLog;
  readonly #calls: CallTable;
  readonly #lostOutput: LostOutputLog;
  #resolveEnd: () => void = () => undefined;
  #listener: ChildListener | undefined;
  readonly #outOfMemory = new OutOfMemoryDetector();
  #state: WorkerState = "starting";
  #era: Era = "sessions";
  #hasCrashed = false;
  #ranOutOfMemory = false;
  #idleSinceMs = performance.now();
  #callCount = 0;

  constructor(deps: WorkerDeps) {
    this.#deps = deps;
    this.startedAtMs = deps.clock();
    this.#stderr = new StderrLog(deps.events, deps.redactor, deps.clock);
    this.#lostOutput = new LostOutputLog(deps.events, () => this.pid);
    this.#calls = new CallTable({
      notifyCancelled: (id, reason) => this.#notifyCancelled(id, reason),
      ping: (onResponse) => this.#ping(onResponse),
      onTimeout: (calls) => this.#timeOut(calls),
      onSettled: () => this.#settle(),
    });
    const write = (line: string) => this.#child.stdin.write(line);
    this.streams = new ListenStreams(write, deps.requestTimeoutMs, () => this.#settle());
    this.whenEnded = new Promise((resolve) => (this.#resolveEnd = resolve));
    const reader = new ChildOutputReader({
      redactor: deps.redactor,
      calls: this.#calls,
      reply: write,
      onDropped: () => this.#lostOutput.line(this.#calls.size > 0),
      onRequestLost: () => this.#lostOutput.request(),
      onNotification: (notification, call) => {
        if (this.streams.handle(notification)) return;
        const { method, params } = notification;
        this.#listener?.onNotification({ method, params: notificationParams(params, this.#era) }, call);
      },
      onStreamEnded: (id, error) => this.streams.handleEnd(id, error),
      onRequest: (request, call) => {
        if (this.#listener?.onRequest === undefined) this.respond(request.idJson, nothingToCall);
        else this.#listener.onRequest(request, call);
      },
      onTooCostly: () => {
        deps.events.lineTooCostly();
        void this.end(lineTooCostly());
      },
      onChildError: deps.onChildError,
    });
    this.#child = new ChildProcess({
      ...deps.surroundings,
      env: deps.env,
      processGroups: deps.processGroups,
      maxLineBytes: deps.maxLineBytes,
      onLine: (line) => {
        if (this.#state !== "ending") this.#read(reader, line);
      },
      onLineTooLong: () => {
        deps.events.lineTooLong({ maxLineBytes: deps.maxLineBytes });
        void this.end(lineTooLong(deps.maxLineBytes));
      },
      onStderr: (line) => {
        this.#outOfMemory.line(line);
        this.#stderr.line(line);
      },
      onExit: (exit) => this.#handleExit(exit),
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get state(): WorkerState {
    return this.#state;
  }

  /** What its child speaks. */
  get era(): Era {
    return this.#era;
  }

  /** Its last lines on stderr from before it was open. */
  get startMessages(): readonly string[] {
    return this.#stderr.lastLines;
  }

  /** The process ended by itself, or its output could not be processed. */
  get hasCrashed(): boolean {
    return this.#hasCrashed;
  }

  /** It has crashed because it needed more memory than it may have. False also when the cause is not known. */
  get ranOutOfMemory(): boolean {
    return this.#ranOutOfMemory;
  }

  /** A client's call has had a response. */
  get hasCompletedCalls(): boolean {
    return this.#calls.hasCompletedCalls;
  }

  /** The calls that the child may be busy with, cancelled ones included. */
  get callsInFlight(): number {
    return this.#calls.size;
  }

  /** As `callsInFlight`, without the broker's own requests. */
  get clientCallsInFlight(): number {
    return this.#calls.ofClients;
  }

  /** The calls of clients so far, with those in flight. */
  get calls(): number {
    return this.#callCount;
  }

  /** When its last call ended; undefined while it is busy and before the first one. */
  get lastUsedAtMs(): number | undefined {
    if (this.#callCount === 0 || this.#isBusy) return undefined;
    return this.#deps.clock() - (performance.now() - this.#idleSinceMs);
  }

  /** On the clock of `performance.now()`; undefined while the child may be busy with a client's call. */
  get idleSinceMs(): number | undefined {
    return this.#isBusy ? undefined : this.#idleSinceMs;
  }

  /** To be called once, before the handshake, with `variableLines`: they complete the environment, and its program starts. */
  startProgram(variables: readonly string[]): void {
    for (const line of variables) this.#child.stdin.write(line);
  }

  /** From now on requests are written for a child of this era. */
  setEra(era: Era): void {
    this.#era = era;
  }

  /**
   * To be called once, after the handshake: from now on its stderr may hold users' data, idle time counts, and
   * `listener` gets what the child sends by itself.
   */
  open(listener: ChildListener): void {
    this.#stderr.markReady();
    this.#listener = listener;
    this.#idleSinceMs = performance.now();
    if (this.#state === "starting") this.#state = "open";
  }

  /** Writes the request to the child, exactly once. */
  call(request: ClientRequest, sink: CallSink): Call {
    return this.#send(request, sink, performance.now() + this.#deps.requestTimeoutMs, true);
  }

  /** As `call`, for the broker's own requests: the worker stays idle meanwhile, and a timeout does not replace it. */
  request(request: ClientRequest, sink: CallSink, timeoutMs = this.#deps.requestTimeoutMs): void {
    this.#send(request, sink, performance.now() + timeoutMs, false);
  }

  notify(method: string, params?: Readonly<Record<string, unknown>>): void {
    this.#child.stdin.write(serializeNotification(method, params));
  }

  /** Responds to a request of the child; `member` is JSON text such as `"result":{}`. */
  respond(idJson: string, member: string): void {
    this.#child.stdin.write(`{"jsonrpc":"2.0","id":${idJson},${member}}`);
  }

  /** Rejects new calls, finishes those in flight, then ends. */
  retire(): void {
    if (this.#state === "ending") return;
    this.#state = "retiring";
    if (!this.#isAwaited) void this.end();
  }

  get #isBusy(): boolean {
    return this.#calls.isBusy || this.streams.isAwaited;
  }

  get #isAwaited(): boolean {
    return this.#calls.awaited > 0 || this.streams.isAwaited;
  }

  /** Fails the calls in flight and ends the process group; resolves once that is gone. */
  end(error: CallError = connectionEnded()): Promise<void> {
    if (this.#state !== "ending") {
      this.#state = "ending";
      void this.#endChild();
      this.streams.end(error);
      for (const call of this.#calls.takeAll()) call.sink.failed(error);
    }
    return this.whenEnded;
  }

  #send(request: ClientRequest, sink: CallSink, deadlineMs: number, isAwaited: boolean): Call {
    const call = this.#calls.create(request, sink, deadlineMs, isAwaited);
    if (this.#state === "ending" || this.#child.stdin.isClogged) {
      const error = this.#state === "ending" ? connectionEnded() : notReading();
      queueMicrotask(() => sink.failed(error));
      return call;
    }
    this.#calls.add(call);
    if (isAwaited) this.#callCount++;
    const params = withProgressToken(paramsForEra(request.params, this.#era, sink), call.id);
    this.#child.stdin.write(serializeRequest(call.id, request.method, params));
    return call;
  }

  async #endChild(): Promise<void> {
    try {
      await this.#child.end();
    } catch (error) {
      this.#deps.events.cleanupFailed({ pid: this.pid, err: error });
    }
    this.#lostOutput.flush();
    this.#resolveEnd();
    await this.#deps.surroundings.remove().catch((error: unknown) => {
      this.#deps.events.cleanupFailed({ pid: this.pid, err: error });
    });
  }

  #notifyCancelled(id: number, reason: string | undefined): void {
    this.notify("notifications/cancelled", { requestId: id, ...(reason === undefined ? {} : { reason }) });
  }

  /** A child without a response to a ping within the request timeout hangs, and is replaced. */
  #ping(onResponse: () => void): void {
    if (this.#state !== "open") return;
    const sink = { notification: () => undefined, response: onResponse, failed: () => this.retire() };
    // The revisions without sessions have no ping.
    const method = this.#era === "sessions" ? "ping" : "server/discover";
    this.request({ idJson: "null", method, params: undefined }, sink);
  }

  #settle(): void {
    if (this.#state !== "open") {
      if (!this.#isAwaited) void this.end();
    } else if (!this.#isBusy) {
      this.#idleSinceMs = performance.now();
      this.#deps.onIdle();
    }
  }

  #timeOut(calls: readonly InFlightCall[]): void {
    if (this.#child.hasIncompleteLine) this.#deps.events.outputDropped({ pid: this.pid, count: 1 });
    for (const call of calls) {
      this.#notifyCancelled(call.id, "timeout");
      call.sink.failed(requestTimedOut(this.#deps.requestTimeoutMs));
    }
    if (!calls.some((call) => call.isAwaited)) return;
    // The child may hang: the calls in flight keep their time, the next call gets a new process, if there can be one.
    if (this.#deps.isReplaceable) return this.retire();
    this.#settle();
    this.#ping(() => undefined);
  }

  /** An error while one worker's output is processed must not affect the others. */
  #read(reader: ChildOutputReader, line: Chunks): void {
    try {
      reader.read(line);
    } catch (error) {
      const reference = newErrorReference();
      this.#deps.events.outputError({ reference, pid: this.pid, err: error });
      this.#hasCrashed = true;
      void this.end(workerEnded("its output could not be processed", reference));
    }
  }

  #handleExit(exit: ChildExit): void {
    if (this.#state === "ending") return;
    const reference = newErrorReference();
    this.#ranOutOfMemory = this.#outOfMemory.explains(exit) || this.#deps.surroundings.ranOutOfMemory();
    const outOfMemory = this.#ranOutOfMemory;
    this.#deps.events.exited({ reference, pid: this.pid, how: exit.how, outOfMemory });
    this.#deps.metrics.onExited({ outOfMemory });
    this.#hasCrashed = true;
    void this.end(outOfMemory ? workerOutOfMemory(reference) : workerEnded(exit.how, reference));
  }
}
