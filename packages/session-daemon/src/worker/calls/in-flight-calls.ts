import type { InFlightCall } from "./in-flight-call.ts";

const initialPlaces = 16;

/**
 * The calls of one child that have no response yet, with their deadlines. Each has a place of its own, by its id. They are
 * not in a Map: one makes another table every few calls, and its old tables keep the calls that they held alive until the
 * next full collection.
 */
export class InFlightCalls {
  /** The place of a call is its id modulo their number, a power of two. */
  #places: (InFlightCall | undefined)[] = emptyPlaces(initialPlaces);
  readonly #onExpired: (calls: readonly InFlightCall[]) => void;
  #size = 0;
  #awaited = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `onExpired` gets the calls whose deadline has passed; they are removed before. */
  constructor(onExpired: (calls: readonly InFlightCall[]) => void) {
    this.#onExpired = onExpired;
  }

  get size(): number {
    return this.#size;
  }

  /** How many of them have a waiting client. */
  get awaited(): number {
    return this.#awaited;
  }

  /** The only one with a waiting client; undefined when there are several, or none. */
  get soleAwaited(): InFlightCall | undefined {
    return this.#awaited === 1 ? this.#places.find((call) => call?.isAwaited) : undefined;
  }

  /** The first id after `lastId` whose place is free: only a call with such an id can be added. */
  freeIdAfter(lastId: number): number {
    if (this.#size === this.#places.length) this.#grow();
    let id = lastId + 1;
    while (this.#places[this.#placeOf(id)] !== undefined) id++;
    return id;
  }

  add(call: InFlightCall): void {
    this.#places[this.#placeOf(call.id)] = call;
    this.#size++;
    if (call.isAwaited) this.#awaited++;
    this.#timer ??= this.#armTimer();
  }

  find(id: number): InFlightCall | undefined {
    const call = this.#places[this.#placeOf(id)];
    return call?.id === id ? call : undefined;
  }

  has(call: InFlightCall): boolean {
    return this.find(call.id) !== undefined;
  }

  /** True if a client was waiting for it. */
  delete(call: InFlightCall): boolean {
    this.#vacate(call);
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
    const calls = this.#all();
    this.#places = emptyPlaces(initialPlaces);
    this.#size = 0;
    this.#awaited = 0;
    return calls;
  }

  /** In the order of their start. */
  #all(): InFlightCall[] {
    return this.#places.filter((call) => call !== undefined).sort((a, b) => a.id - b.id);
  }

  #vacate(call: InFlightCall): void {
    if (!this.has(call)) return;
    this.#places[this.#placeOf(call.id)] = undefined;
    this.#size--;
  }

  #placeOf(id: number): number {
    return id % this.#places.length;
  }

  #grow(): void {
    const calls = this.#all();
    this.#places = emptyPlaces(2 * this.#places.length);
    for (const call of calls) this.#places[this.#placeOf(call.id)] = call;
  }

  #armTimer(): NodeJS.Timeout | undefined {
    const deadlineMs = Math.min(...this.#all().map((call) => call.deadlineMs));
    if (deadlineMs === Infinity) return undefined;
    // A timer ends up to 1 ms early.
    return setTimeout(() => this.#expire(), Math.max(0, Math.ceil(deadlineMs - performance.now())));
  }

  #expire(): void {
    const now = performance.now();
    const expired = this.#all().filter(({ deadlineMs }) => deadlineMs <= now);
    for (const call of expired) {
      this.#vacate(call);
      if (call.isAwaited) this.#awaited--;
    }
    this.#timer = this.#armTimer();
    if (expired.length > 0) this.#onExpired(expired);
  }
}

function emptyPlaces(count: number): undefined[] {
  return Array.from({ length: count }, () => undefined);
}
