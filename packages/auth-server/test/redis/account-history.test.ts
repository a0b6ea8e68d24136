import t from "tap";
import type { ClientRef } from "@fjmcp/shared/client-ref";
import type { AccountId } from "@fjmcp/shared/ids";
import { createAccountHistory } from "../../src/redis/account-history.ts";
import { connection, privateRedis } from "../support/upstream-setup.ts";

const account = "7" as AccountId;
const dayMs = 24 * 3600 * 1000;

t.test("has the last 500 events of an account, and none older than 90 days", async (t) => {
  const nowMs = Date.now();
  let clockMs = nowMs;
  const history = createAccountHistory(await connection(t, await privateRedis(t)), () => clockMs);
  const connected = (atMs: number) => ({
    kind: "connected" as const,
    atMs,
    clientRef: "0123456789ab" as ClientRef,
    isPersonalToken: false,
  });
  await history.add(account, connected(nowMs));
  clockMs = nowMs + 89 * dayMs;
  await history.add(account, connected(clockMs));
  t.equal((await history.list(account)).length, 2);
  clockMs = nowMs + 91 * dayMs;
  t.same(
    (await history.list(account)).map(({ atMs }) => atMs),
    [nowMs + 89 * dayMs],
  );

  for (let event = 0; event < 501; event++) await history.add(account, connected(clockMs + event));
  const events = await history.list(account);
  t.equal(events.length, 500);
  t.same([events[0]?.atMs, events[499]?.atMs], [clockMs + 500, clockMs + 1]);
  t.equal((await history.list(account, 5)).length, 5);
});
