import t from "tap";
import { branded, type AccountId } from "@fjmcp/shared/ids";
import { FilteredLists } from "../../src/policy/filtered-lists.ts";

const account = (id: string) => branded<AccountId>().parse(id);
const list = Buffer.alloc(10);

t.test("an account evicts its own lists first, then the account with the most loses one", async (t) => {
  const lists = new FilteredLists({ perAccount: 3, total: 4, bytes: 10_000 });
  for (const key of ["a1", "a2", "a3", "a4"]) lists.set(key, account("a"), list);
  t.equal(lists.get("a1"), undefined);
  t.equal(lists.size, 3);
  lists.set("b1", account("b"), list);
  lists.set("c1", account("c"), list);
  t.equal(lists.get("a2"), undefined);
  for (const key of ["a3", "a4", "b1", "c1"]) t.equal(lists.get(key), list, key);
});

t.test("bytes are bounded, and a large list is not kept", async (t) => {
  const lists = new FilteredLists({ perAccount: 64, total: 1_000, bytes: 1_000 });
  lists.set("large", account("a"), Buffer.alloc(100));
  t.equal(lists.size, 0);
  for (let n = 0; n < 60; n++) lists.set(`key ${n}`, account("a"), Buffer.alloc(50));
  t.equal(lists.size, 20);
  t.ok(lists.get("key 59"));
});
