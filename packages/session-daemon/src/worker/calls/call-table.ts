import type { ClientRequest } from "../../jsonrpc/client-message.ts";
import type { CallSink } from "../call.ts";
import { CancelledCalls } from "./cancelled-calls.ts";
import { InFlightCall } from "./in-flight-call.ts";
import { InFlightCalls } from "./in-flight-calls.ts";

interface CallTableDeps {
  /** Notifies the child that a call was cancelled. */
  readonly notifyCancelled: (id: number, reason: string | undefined) => void;
  /** Pings the child; `onResponse` is called with its response, and never when there is none. */
  readonly ping: (onResponse: () => void) => void;
  /** The calls, without cancelled ones, whose deadline has passed; they are not in flight any more. */
  readonly onTimeout: (calls: readonly InFlightCall[]) => void;
  /** A client's call has completed, was cancelled, or no longer keeps the child busy. */
  readonly onSettled: () => void;
}

/** The calls of one child: those without a response, and the cancelled ones that the child may still work on. */
export class CallTable {
  readonly #deps: CallTableDeps;
  readonly #inFlight = new InFlightCalls((calls) => this.#expire(calls));
  readonly #cancelled: CancelledCalls;
  #lastId = 0;
  #hasCompletedCalls = false;

  constructor(deps: CallTableDeps) {
    this.#deps = deps;
    this.#cancelled = new CancelledCalls(deps.ping, (call) => {
      this.#inFlight.delete(call);
      deps.onSettled();
    });
  }

  /** The calls that the child may be busy with, cancelled ones included. */
  get size(): number {
    return this.#inFlight.size;
  }

  /** How many calls have a waiting client. */
  get awaited(): number {
    return this.#inFlight.awaited;
  }

  /** The child may be working on a client's call, even a cancelled one. */
  get isBusy(): boolean {
    return this.ofClients > 0;
  }

  /** The clients' calls that the child may be busy with, cancelled ones included. */
  get ofClients(): number {
    return this.#inFlight.awaited + this.#cancelled.size;
  }

  /** The only client's call that the child can be busy with; undefined when there are several, or none. */
  get sole(): InFlightCall | undefined {
    return this.#cancelled.size === 0 ? this.#inFlight.soleAwaited : undefined;
  }

  /** A client's call has had a response. */
  get hasCompletedCalls(): boolean {
    return this.#hasCompletedCalls;
  }

  /** A call with the next id, never used before in this table. It is in flight only after `add`. */
  create(request: ClientRequest, sink: CallSink, deadlineMs: number, isAwaited: boolean): InFlightCall {
    this.#lastId = this.#inFlight.freeIdAfter(this.#lastId);
    return new InFlightCall(this.#lastId, request, sink, deadlineMs, isAwaited, this.#cancel);
  }

  /** Some call has had this id, whether or not it is still in flight. */
  hasIssued(id: number): boolean {
    return id >= 1 && id <= this.#lastId;
  }

  add(call: InFlightCall): void {
    this.#inFlight.add(call);
  }

  /** The call in flight with this id, unless it was cancelled. */
  find(id: number): InFlightCall | undefined {
    const call = this.#inFlight.find(id);
    return call?.isCancelled === true ? undefined : call;
  }

  /** As `find`, for a call that has its response: removes it. */
  complete(id: number): InFlightCall | undefined {
    const call = this.#inFlight.find(id);
    if (call === undefined) return undefined;
    const wasAwaited = this.#inFlight.delete(call);
    if (call.isCancelled) {
      this.#cancelled.delete(call);
      return undefined;
    }
    if (wasAwaited) {
      this.#hasCompletedCalls = true;
      this.#deps.onSettled();
    }
    return call;
  }

  /** Removes all calls and returns those that were not cancelled. None of them times out any more. */
  takeAll(): InFlightCall[] {
    return this.#inFlight.takeAll().filter((call) => !call.isCancelled);
  }

  readonly #cancel = (call: InFlightCall, reason: string | undefined): void => {
    call.isCancelled = true;
    if (!this.#inFlight.has(call)) return;
    this.#deps.notifyCancelled(call.id, reason);
    this.#cancelled.add(call);
    if (this.#inFlight.release(call)) this.#deps.onSettled();
  };

  #expire(calls: readonly InFlightCall[]): void {
    for (const call of calls) if (call.isCancelled) this.#cancelled.delete(call);
    this.#deps.onTimeout(calls.filter((call) => !call.isCancelled));
  }
}
