import { createHook } from "node:async_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext, runInThisContext } from "node:vm";
import t from "tap";
import { restoreFastProperties } from "../../src/service/hidden-classes.ts";

setFlagsFromString("--allow-natives-syntax");
setFlagsFromString("--expose-gc");
const areFast = runInThisContext("() => %HasFastProperties(String.prototype)") as () => boolean;
const collect = runInNewContext("gc") as () => void;

t.test("restores the fast properties of strings after ioredis is loaded", async (t) => {
  await import("ioredis");
  t.notOk(areFast(), "if this fails, restoreFastProperties has become needless");
  restoreFastProperties();
  t.ok(areFast());
});

/** How many of the ticks that `make` makes outlive a full collection. */
async function survivingTicks(make: () => void): Promise<number> {
  const ticks: WeakRef<object>[] = [];
  const hook = createHook({
    init(_id, type, _trigger, tick) {
      if (type === "TickObject") ticks.push(new WeakRef(tick));
    },
  });
  hook.enable();
  make();
  hook.disable();
  await nextTurn();
  await nextTurn();
  collect();
  return ticks.filter((tick) => tick.deref() !== undefined).length;
}

t.test("keeps one tick object alive, which no other reference does", async (t) => {
  const ticks = await survivingTicks(() => process.nextTick(() => undefined));
  t.equal(ticks, 0, "if this fails, keepTickHiddenClass has become needless");
  t.equal(await survivingTicks(restoreFastProperties), 1);
});
