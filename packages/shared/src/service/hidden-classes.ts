import { createHook } from "node:async_hooks";

/** While one tick object is alive, V8 keeps the hidden class of all of them. */
const keptTicks: object[] = [];

/**
 * Prevents two permanent deoptimisations of V8 that show only as a longer time of every call (docs/adr/0009). To be
 * called once, when all modules are loaded.
 */
export function restoreFastProperties(): void {
  restoreStringPrototype();
  keepTickHiddenClass();
}

/**
 * A class that extends String, as one in ioredis does, makes V8 convert String.prototype to dictionary mode, in which
 * each use of `charCodeAt` or `indexOf` is a hash lookup. Inline caches that read through a String object make V8
 * convert it back to fast properties.
 */
function restoreStringPrototype(): void {
  for (let i = 0; i < 10; i++) firstCode(new String("a"));
}

/** A function of its own, so that all calls share one inline cache. */
function firstCode(text: { charCodeAt(at: number): number }): number {
  return text.charCodeAt(0);
}

/**
 * `process.nextTick` creates an object with computed keys. When a full garbage collection finds none alive, V8 drops
 * their hidden class and creates another for the next one. After a few of these the store instruction is megamorphic,
 * the slowest state, and stays so.
 */
function keepTickHiddenClass(): void {
  const hook = createHook({
    init(_id, type, _trigger, tick) {
      if (type === "TickObject") keptTicks.push(tick);
    },
  });
  hook.enable();
  process.nextTick(() => undefined);
  hook.disable();
}
