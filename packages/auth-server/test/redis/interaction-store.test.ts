import t from "tap";
import { createInteractionStore } from "../../src/redis/interaction-store.ts";
import { connection, privateRedis, unrestricted } from "../support/upstream-setup.ts";

const record = { phase: "pending", payload: "payload", expiresInSec: 3600 } as const;

t.test("keeps the 5,000 newest interactions of all clients", async (t) => {
  const redis = await privateRedis(t);
  const raw = unrestricted(t, redis);
  let nowMs = 1_800_000_000_000;
  const store = createInteractionStore(await connection(t, redis), () => nowMs++);
  for (const id of ["first", "second"]) await store.set(id, record);
  for (let i = 0; i < 4_998; i += 1) await store.set(`other-${i}`, record);
  await store.set("second", { ...record, payload: "stored again" });
  t.equal(await store.find("first"), "payload");
  await store.set("last", record);
  t.equal(await store.find("first"), undefined, "the oldest goes");
  t.equal(await store.find("second"), "stored again");
  await store.set("one more", record);
  t.equal(await store.find("second"), undefined, "storing it again does not make it newer");
  t.equal(await raw.zcard("interactions"), 5_000);
  t.equal((await raw.keys("interaction:*")).length, 5_000);
});

t.test("drops interactions that have expired from the index", async (t) => {
  const redis = await privateRedis(t);
  const raw = unrestricted(t, redis);
  let nowMs = Date.now();
  const store = createInteractionStore(await connection(t, redis), () => nowMs++);
  await store.set("short", record);
  await raw.del("interaction:short");
  await store.set("long", record);
  t.same(await raw.zrange("interactions", "0", "-1"), ["interaction:long"]);
  t.ok((await raw.ttl("interactions")) > 3500);
});

t.test("keeps the first decision of concurrent ones", async (t) => {
  const redis = await privateRedis(t);
  const store = createInteractionStore(await connection(t, redis), Date.now);
  await store.set("one", record);
  const decisions = ["a", "b", "c", "d"];
  const stored = await Promise.all(
    decisions.map((payload) => store.set("one", { ...record, phase: "decided", payload })),
  );
  t.equal(stored.filter((isStored) => isStored).length, 1);
  t.equal(await store.find("one"), decisions[stored.indexOf(true)]);
  t.notOk(await store.set("one", record), "nor is it pending again");
});
