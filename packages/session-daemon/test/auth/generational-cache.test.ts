import { setTimeout as sleep } from "node:timers/promises";
import { branded, type AccountId } from "@fjmcp/shared/ids";
import t from "tap";
import { GenerationalCache } from "../../src/auth/generational-cache.ts";

const accountId = branded<AccountId>().parse("1");

t.test("keeps a value for one TTL in the current and for the next in the previous generation", async (t) => {
  const cache = new GenerationalCache<number>(2_000, 10, () => accountId);
  cache.current().set("a", "", 1);
  t.equal(cache.current().get("a", ""), 1);
  await sleep(2_100);
  t.equal(cache.current().get("a", ""), undefined);
  t.equal(cache.previous.get("a", ""), 1);
  await sleep(2_100);
  cache.current();
  t.equal(cache.previous.get("a", ""), undefined);
});

t.test("keeps nothing after clear(), nor what is written into an older map", async (t) => {
  const cache = new GenerationalCache<number>(10_000, 10, () => accountId);
  const entries = cache.current();
  const generation = cache.generation;
  entries.set("a", "", 1);
  cache.clear();
  entries.set("b", "", 2);
  t.equal(cache.current().size, 0);
  t.equal(cache.previous.size, 0);
  t.not(cache.generation, generation);
});

t.test("drops its entries after two TTLs without a request", async (t) => {
  const cache = new GenerationalCache<number>(50, 10, () => accountId);
  cache.current().set("a", "", 1);
  const { generation } = cache;
  await sleep(300);
  t.equal(cache.generation, generation, "no request came");
  t.equal(cache.previous.size, 0);
  t.equal(cache.current().size, 0);
});
