import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { ShortMemory } from "@fjmcp/session-daemon/auth/short-memory";

t.test("a value is there for one span, and for the next as one of the past", async (t) => {
  const memory = new ShortMemory<number>(500);
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
  const memory = new ShortMemory<number>(10_000);
  const span = memory.present();
  span.set("a", 1);
  memory.forget();
  span.set("b", 2);
  t.equal(memory.present().size, 0);
  t.equal(memory.past.size, 0);
});

t.test("a single value can be taken out of both spans", async (t) => {
  const memory = new ShortMemory<number>(500);
  memory.present().set("a", 1).set("b", 1);
  await sleep(600);
  memory.present().set("a", 2);
  memory.delete("a");
  t.equal(memory.present().get("a"), undefined);
  t.same([...memory.past.keys()], ["b"]);
});
