import t from "tap";
import { sha256Hex } from "@fjmcp/shared/hash";
import { branded, type AccountId } from "@fjmcp/shared/ids";
import { TouchTimes } from "../../src/session/touch-times.ts";

const account = (name: string) => branded<AccountId>().parse(name);

t.test("an account that opens sessions without end evicts no other account's session", async (t) => {
  const times = new TouchTimes(1_000);
  times.set(sha256Hex("honest"), account("honest"), 1);
  for (let i = 0; i < 20_000; i++) times.set(sha256Hex(`${i}`), account("hostile"), 1);
  t.equal(times.size, 10_000);
  t.ok(times.isRecent(sha256Hex("honest"), 500));
  t.ok(times.isRecent(sha256Hex("19999"), 500));
  t.notOk(times.isRecent(sha256Hex("10000"), 500));
});

t.test("removes a session that was deleted, and by prune those that are not recent", async (t) => {
  const times = new TouchTimes(1_000);
  for (const [name, atMs] of [
    ["a", 0],
    ["b", 900],
  ] as const)
    times.set(sha256Hex(name), account("1"), atMs);
  times.prune(1_000);
  t.equal(times.size, 1);
  t.ok(times.isRecent(sha256Hex("b"), 1_000));
  times.delete(sha256Hex("b"));
  t.equal(times.size, 0);
});
