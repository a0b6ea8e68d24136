import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { createUpstreamLock } from "../../src/redis/upstream-lock.ts";
import type { AccountId } from "@fjmcp/shared/ids";
import { connection, privateRedis, unrestricted } from "../support/upstream-setup.ts";

const [one, two] = ["1" as AccountId, "2" as AccountId];

t.test(
  "gives the lock of an account to one owner at a time, and a lapsed owner does not release the next one's",
  async (t) => {
    const redis = await privateRedis(t);
    const lock = createUpstreamLock(await connection(t, redis), "app");
    const tries = await Promise.all(Array.from({ length: 10 }, () => lock.acquire(one, 60_000)));
    const [release, ...others] = tries.filter((got) => got !== undefined);
    t.same(others, []);
    t.ok(await lock.acquire(two, 60_000), "another account's lock is another");
    await release?.();

    const lapsed = await lock.acquire(one, 20);
    t.ok(lapsed);
    let next = await lock.acquire(one, 60_000);
    while (next === undefined) {
      await sleep(5);
      next = await lock.acquire(one, 60_000);
    }
    await lapsed?.();
    t.equal(await lock.acquire(one, 60_000), undefined);
    await next();
    t.notOk(await unrestricted(t, redis).exists("upstream-lock:app:1"));
  },
);

t.test("gives the lock of token requests to one owner at a time, beside those of accounts", async (t) => {
  const redis = await privateRedis(t);
  const lock = createUpstreamLock(await connection(t, redis), "app");
  await lock.acquire(one, 60_000);
  const release = await lock.acquireTokenRequest(60_000);
  t.ok(release);
  t.equal(await lock.acquireTokenRequest(60_000), undefined);
  await release?.();
  t.ok(await lock.acquireTokenRequest(60_000));
});
