// What a stranger can store without an account, from any number of browsers: beyond a number, the oldest is deleted.
import t from "tap";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { Hash } from "@fjmcp/shared/ids";
import { createDeviceCodeStore } from "../../src/redis/device-code-store.ts";
import { createLoginStateStore } from "../../src/redis/login-state-store.ts";
import { createUserCodeAttempts } from "../../src/redis/user-code-attempts.ts";
import { connection, privateRedis, unrestricted } from "../support/upstream-setup.ts";

const redis = await privateRedis(t);
const raw = unrestricted(t, redis);
const managed = await connection(t, redis);
let nowMs = 1_800_000_000_000;
const clock = () => nowMs++;

/** Stores so many, each with another hash, and many of them at once. */
async function storeMany(count: number, store: (hash: Hash) => Promise<unknown>) {
  for (let from = 0; from < count; from += 500) {
    const hashes = Array.from({ length: Math.min(500, count - from) }, (_, index) =>
      sha256Hex(`other ${from + index}`),
    );
    await Promise.all(hashes.map(store));
  }
}

t.test("keeps the 20,000 newest logins that wait for Forgejo", async (t) => {
  const states = createLoginStateStore(managed, clock);
  const put = (hash: Hash) => states.put(hash, sha256Hex("cookie"), 1800);
  const first = sha256Hex("first");
  await put(first);
  await storeMany(19_999, put);
  await put(first);
  t.match(await states.find(first), { binding: sha256Hex("cookie") });
  await put(sha256Hex("last"));
  t.equal(await states.find(first), undefined, "storing it again does not make it newer");
  t.equal((await raw.keys("login-state:*")).length, 20_000);
  t.equal(await raw.zcard("login-states"), 20_000);
  t.ok((await raw.ttl("login-states")) > 1700);
});

t.test("counts the wrong user codes of the 5,000 newest browsers", async (t) => {
  const attempts = createUserCodeAttempts(managed, clock);
  const claim = (browser: Hash) => attempts.claim(browser);
  const first = sha256Hex("first");
  const browsers = [first, sha256Hex("second")];
  for (let attempt = 0; attempt < 6; attempt += 1) await Promise.all(browsers.map(claim));
  await storeMany(4_998, claim);
  t.notOk(await claim(first));
  await claim(sha256Hex("last"));
  t.ok(await claim(first), "the oldest was deleted");
  t.equal((await raw.keys("wrong-user-codes:*")).length, 5_000);
  t.equal(await raw.zcard("user-code-browsers"), 5_000);
  t.ok((await raw.ttl("user-code-browsers")) > 500);
});

t.test("keeps the 5,000 newest device codes, and their user codes", async (t) => {
  const codes = createDeviceCodeStore(managed, clock);
  const create = (hash: Hash) =>
    codes.create({ hash, userCode: sha256Hex(`user code of ${hash}`), payload: "{}", expiresInSec: 600 });
  await storeMany(5_100, create);
  t.equal((await raw.keys("device-code:*")).length, 5_000);
  t.equal((await raw.keys("user-code:*")).length, 5_000);
  t.ok(await codes.findByUserCode(sha256Hex(`user code of ${sha256Hex("other 5099")}`)));
  t.equal(await codes.findByUserCode(sha256Hex(`user code of ${sha256Hex("other 0")}`)), undefined);
});
