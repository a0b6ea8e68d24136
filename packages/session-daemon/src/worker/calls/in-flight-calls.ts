import type { InFlightCall } from "./in-flight-call.ts";

/** The calls that one child has not answered. */
export class InFlightCalls {
  /** By id, in the order of their start, and so of their deadlines. */
  readonly #calls = new Map<number, InFlightCall>();
  readonly #expired: (calls: readonly InFlightCall[]) => void;
  #awaited = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `expired` is told of calls whose deadline has passed; they are in flight no more. */
  constructor(expired: (calls: readonly InFlightCall[]) => void) {
    this.#expired = expired;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** For how many of them a client waits. */
  get awaited(): number {
    return this.#awaited;
  }

  add(call: InFlightCall): void {
    this.#calls.set(call.id, call);
    if (call.isAwaited) this.#awaited++;
    this.#timer ??= this.#armTimer();
  }

  find(id: number): InFlightCall | undefined {
    return this.#calls.get(id);
  }

  has(call: InFlightCall): boolean {
    return this.#calls.has(call.id);
  }

  /** True when a client has waited for it until now. */
  delete(call: InFlightCall): boolean {
    this.#calls.delete(call.id);
    return this.release(call);
  }

  /** No client waits for it any more, though the child may be busy with it. True when one has until now. */
  release(call: InFlightCall): boolean {
    if (!call.isAwaited) return false;
    call.isAwaited = false;
    this.#awaited--;
    return true;
  }

  /** Takes all out: none expires any more. */
  takeAll(): InFlightCall[] {
    clearTimeout(this.#timer);
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    this.#awaited = 0;
    return calls;
  }

  #armTimer(): NodeJS.Timeout | undefined {
    const [oldest] = this.#calls.values();
    if (oldest === undefined || oldest.deadlineMs === Infinity) return undefined;
    return setTimeout(() => this.#expire(), Math.max(0, oldest.deadlineMs - performance.now()));
  }

  #expire(): void {
    const now = performance.now();
    const expired: InFlightCall[] = [];
    for (const call of this.#calls.values()) {
      if (call.deadlineMs > now) break;
      this.#calls.delete(call.id);
      if (call.isAwaited) this.#awaited--;
      expired.push(call);
    }
    this.#timer = this.#armTimer();
    this.#expired(expired);
  }
}
