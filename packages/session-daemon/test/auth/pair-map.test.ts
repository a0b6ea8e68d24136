import t from "tap";
import { PairMap } from "../../src/auth/pair-map.ts";

t.test("keeps values apart by both parts of their key", async (t) => {
  const map = new PairMap<number>(10);
  map.set("a", "b", 1);
  map.set("a", "c", 2);
  map.set("ab", "", 3);
  map.set("a", "b", 4);
  t.equal(map.get("a", "b"), 4);
  t.equal(map.get("a", "c"), 2);
  t.equal(map.get("ab", ""), 3);
  t.equal(map.get("a", ""), undefined);
  t.equal(map.size, 3);
  map.delete("a", "b");
  map.delete("a", "b");
  t.equal(map.get("a", "b"), undefined);
  t.equal(map.size, 2);
});

t.test("accepts no new key when it is full, but new values and, after a deletion, keys", async (t) => {
  const map = new PairMap<number>(2);
  map.set("a", "", 1);
  map.set("b", "", 2);
  map.set("c", "", 3);
  map.set("b", "", 4);
  t.equal(map.get("c", ""), undefined);
  t.equal(map.get("b", ""), 4);
  map.delete("a", "");
  map.set("c", "", 5);
  t.equal(map.get("c", ""), 5);
  t.equal(map.size, 2);
});
