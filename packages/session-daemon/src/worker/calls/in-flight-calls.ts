import type { InFlightCall } from "./in-flight-call.ts";

/** The calls of one child that have no response yet, with their deadlines. */
export class InFlightCalls {
  /** By id, in the order of their start, and so of their deadlines. */
  readonly #calls = new Map<number, InFlightCall>();
  readonly #onExpired: (calls: readonly InFlightCall[]) => void;
  #awaited = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `onExpired` gets the calls whose deadline has passed; they are removed before. */
  constructor(onExpired: (calls: readonly InFlightCall[]) => void) {
    this.#onExpired = onExpired;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** How many of them have a waiting client. */
  get awaited(): number {
    return this.#awaited;
  }

  /** The only one with a waiting client; undefined when there are several, or none. */
  get soleAwaited(): InFlightCall | undefined {
    return this.#awaited === 1 ? this.#calls.values().find(({ isAwaited }) => isAwaited) : undefined;
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

  /** True if a client was waiting for it. */
  delete(call: InFlightCall): boolean {
    this.#calls.delete(call.id);
    return this.release(call);
  }

  /** Marks it as not awaited, though the child may still be busy with it. True if a client was waiting for it. */
  release(call: InFlightCall): boolean {
    if (!call.isAwaited) return false;
    call.isAwaited = false;
    this.#awaited--;
    return true;
  }

  /** Removes and returns all; none expires any more. */
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
    this.#onExpired(expired);
  }
}
