import { branded, type AccountId } from "@fjmcp/shared/ids";
import t from "tap";
import { PairMap } from "../../src/auth/pair-map.ts";

const account = (name: string) => branded<AccountId>().parse(name);

t.test("keeps values apart by both parts of their key", async (t) => {
  const map = new PairMap<number>(10, () => account("1"));
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

t.test("evicts the oldest entry of the account that has the most when it is full", async (t) => {
  const map = new PairMap<string>(5, (value) => account(value));
  for (const token of ["a", "b"]) map.set(token, "", "small");
  for (let i = 0; i < 100; i++) map.set("c", `session ${i}`, "large");
  t.equal(map.get("a", ""), "small");
  t.equal(map.get("b", ""), "small");
  t.equal(map.get("c", "session 99"), "large");
  t.equal(map.get("c", "session 96"), undefined);
  t.equal(map.size, 5);
  map.set("d", "", "new");
  t.equal(map.get("d", ""), "new");
  t.equal(map.get("c", "session 97"), undefined);
  t.equal(map.size, 5);
});
