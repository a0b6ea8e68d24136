import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { GenerationalCache } from "../../src/auth/generational-cache.ts";

t.test("a value is there for one span, and for the next as one of the past", async (t) => {
  const memory = new GenerationalCache(500, () => new Map<string, number>());
  memory.present().set("a", 1);
  t.equal(memory.present().get("a"), 1);
  await sleep(600);
  t.equal(memory.present().get("a"), undefined);
  t.equal(memory.past.get("a"), 1);
  await sleep(600);
  memory.present();
  t.equal(memory.past.get("a"), undefined);
});

t.test("what is forgotten is in neither span, and what comes late for it is nowhere", async (t) => {
  const memory = new GenerationalCache(10_000, () => new Map<string, number>());
  const span = memory.present();
  span.set("a", 1);
  memory.forget();
  span.set("b", 2);
  t.equal(memory.present().size, 0);
  t.equal(memory.past.size, 0);
});
