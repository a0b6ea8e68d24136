import t, { type Test } from "tap";
import { createUpstreamRecordStore } from "../../src/redis/upstream-record-store.ts";
import type { AccountId } from "@fjmcp/shared/ids";
import { connection, privateRedis, unrestricted } from "../support/upstream-setup.ts";

const account = "7" as AccountId;
const keepUntilSec = Math.floor(Date.now() / 1000) + 1000;
const key = "upstream:app:7";

async function setUp(t: Test) {
  const redis = await privateRedis(t);
  return {
    store: createUpstreamRecordStore(await connection(t, redis), "app"),
    raw: unrestricted(t, redis),
  };
}

function record(ciphertext: string, gnt: string, cnt: number, iat: number) {
  return { ciphertext, order: { gnt, cnt, iat }, renewAtSec: keepUntilSec - 500, keepUntilSec };
}

t.test(
  "overwrites within a Forgejo grant only with a later token set, and replaces with another grant",
  async (t) => {
    const { store } = await setUp(t);
    const rows = [
      ["first", "1", 5, 100, true],
      ["lower count, later time", "1", 4, 200, false],
      ["same count, earlier time", "1", 5, 99, false],
      ["same count, same time", "1", 5, 100, true],
      ["same count, later time", "1", 5, 101, true],
      ["higher count of more digits, earlier time", "1", 10, 50, true],
      ["another grant with a lower count", "2", 1, 1, true],
    ] as const;
    let stored = "";
    for (const [name, gnt, cnt, iat, wins] of rows) {
      t.equal(await store.write(account, record(name, gnt, cnt, iat)), wins, name);
      if (wins) stored = name;
      t.equal((await store.read(account))?.ciphertext, stored, name);
    }
  },
);

t.test("neither creates a record for a late refresh nor overwrites another grant's", async (t) => {
  const { store } = await setUp(t);
  t.equal(await store.write(account, record("refreshed", "1", 6, 1), "1"), false);
  t.equal(await store.read(account), undefined);
  await store.write(account, record("newer login", "2", 1, 1));
  t.equal(await store.write(account, record("refreshed", "1", 6, 1), "1"), false);
  t.equal(await store.write(account, record("refreshed", "2", 2, 1), "2"), true);
  t.equal((await store.read(account))?.ciphertext, "refreshed");
});

t.test("amends and removes only the stored version", async (t) => {
  const { store } = await setUp(t);
  await store.write(account, record("a", "1", 1, 1));
  t.equal(await store.amend(account, "b", "c"), false);
  t.equal(await store.amend(account, "a", "c"), true);
  t.equal(await store.write(account, record("old", "1", 0, 9)), false, "the order stays");
  t.equal(await store.remove(account, "a"), false);
  t.equal(await store.remove(account, "c"), true);
  t.equal(await store.amend(account, "c", "d"), false);
  t.equal(await store.read(account), undefined);
});

t.test("keeps a record as long as its refresh token lives, and a later one longer", async (t) => {
  const { store, raw } = await setUp(t);
  await store.write(account, record("a", "1", 1, 1));
  t.equal(await raw.expiretime(key), keepUntilSec);
  await store.claimUserCheck(account, 1000, 60);
  await store.amend(account, "a", "b");
  t.equal(await raw.expiretime(key), keepUntilSec, "no other write changes that");
  await store.write(account, { ...record("c", "1", 2, 1), keepUntilSec: keepUntilSec + 5 });
  t.equal(await raw.expiretime(key), keepUntilSec + 5);
});

t.test("lets one caller per interval claim the user check, and never revives a record", async (t) => {
  const { store, raw } = await setUp(t);
  t.equal(await store.claimUserCheck(account, 1000, 60), false);
  t.same(await raw.keys("*"), []);
  await store.write(account, record("a", "1", 1, 1));
  const claims = await Promise.all(Array.from({ length: 5 }, () => store.claimUserCheck(account, 1000, 60)));
  t.equal(claims.filter((claimed) => claimed).length, 1);
  t.equal(await store.claimUserCheck(account, 1059, 60), false);
  t.equal(await store.claimUserCheck(account, 1060, 60), true);
});
