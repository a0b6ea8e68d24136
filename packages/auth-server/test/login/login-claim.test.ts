import { sha256Hex } from "@fjmcp/shared/hash";
import t from "tap";
import { claimLogin, type LoginClaim } from "../../src/login/login-claim.ts";
import { createLoginStateStore } from "../../src/redis/login-state-store.ts";
import { connection, privateRedis } from "../support/upstream-setup.ts";

t.test("gives a login to the next request when the one that has claimed it fails", async (t) => {
  const states = createLoginStateStore(await connection(t, await privateRedis(t)), Date.now);
  const presented = { state: "a state", cookie: "a cookie that is long enough for a key" };
  await states.put(sha256Hex(presented.state), sha256Hex(presented.cookie), 60);
  const claim = () => claimLogin({ states, clock: Date.now }, presented) as Promise<LoginClaim>;

  const first = await claim();
  const waiting = claim();
  await t.rejects(
    first.complete(() => Promise.reject(new Error("a fault"))),
    { message: "a fault" },
  );
  const second = await waiting;
  t.equal(second.kind, "claimed");
  const outcome = { kind: "redirect", location: "https://client.example/" } as const;
  t.same(await second.complete(async () => outcome), outcome);
  t.same(await claim(), outcome, "a repeated request gets the outcome");
});
