import t from "tap";
import { createInteractionStore } from "../../src/redis/interaction-store.ts";
import { connection, privateRedis, unrestricted } from "../support/upstream-setup.ts";

t.test("keeps the 5,000 newest interactions of all clients", async (t) => {
  const redis = await privateRedis(t);
  const raw = unrestricted(t, redis);
  let nowMs = 1_800_000_000_000;
  const store = createInteractionStore(await connection(t, redis), () => nowMs++);
  for (const id of ["first", "second"]) await store.set(id, "payload", 3600);
  for (let i = 0; i < 4_998; i += 1) await store.set(`other-${i}`, "payload", 3600);
  await store.set("second", "stored again", 3600);
  t.equal(await store.find("first"), "payload");
  await store.set("last", "payload", 3600);
  t.equal(await store.find("first"), undefined, "the oldest goes");
  t.equal(await store.find("second"), "stored again");
  await store.set("one more", "payload", 3600);
  t.equal(await store.find("second"), undefined, "storing it again does not make it newer");
  t.equal(await raw.zcard("interactions"), 5_000);
  t.equal((await raw.keys("interaction:*")).length, 5_000);
});

t.test("drops interactions that have expired from the index", async (t) => {
  const redis = await privateRedis(t);
  const raw = unrestricted(t, redis);
  const store = createInteractionStore(await connection(t, redis), Date.now);
  await store.set("short", "payload", 3600);
  await raw.del("interaction:short");
  await store.set("long", "payload", 3600);
  t.same(await raw.zrange("interactions", "0", "-1"), ["interaction:long"]);
  t.ok((await raw.ttl("interactions")) > 3500);
});
