import { createHook } from "node:async_hooks";

/** While one tick is alive, V8 keeps the shape that all ticks have. */
const keptTicks: object[] = [];

/**
 * Keeps V8 from two ways to become slow for good, of which nothing shows but the time that every call takes
 * (docs/adr/0009). To be called once, when everything is loaded.
 */
export function restoreFastProperties(): void {
  makeStringMethodsFast();
  keepTickShape();
}

/**
 * A class that extends String, as one in ioredis does, makes V8 keep String.prototype as a hash table, in which each
 * use of `charCodeAt` or `indexOf` is looked up anew. Looking up through a String object makes V8 turn it back.
 */
function makeStringMethodsFast(): void {
  for (let i = 0; i < 10; i++) firstCode(new String("a"));
}

/** One place in the code, which V8 learns from only when it is passed again. */
function firstCode(text: { charCodeAt(at: number): number }): number {
  return text.charCodeAt(0);
}

/**
 * `process.nextTick` makes an object with computed keys. When a full collection finds none alive, V8 forgets their
 * shape, makes a new one for the next, and then takes the place that makes them for one of many shapes: the slowest
 * way, which it never leaves again.
 */
function keepTickShape(): void {
  const hook = createHook({
    init(_id, type, _trigger, tick) {
      if (type === "TickObject") keptTicks.push(tick);
    },
  });
  hook.enable();
  process.nextTick(() => undefined);
  hook.disable();
}
