import { setTimeout as sleep } from "node:timers/promises";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { SessionRecord } from "@fjmcp/shared/session-record";
import { StoreUnavailableError } from "@fjmcp/shared/redis/store-unavailable-error";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import t from "tap";
import { createEvents } from "../src/events.ts";
import { caller, keptLog } from "./support/run-pool.ts";

const counted = (lines: readonly string[]) =>
  lines.map((line) => (JSON.parse(line) as [{ reference: string; count: number }])[0]);

t.test(
  "requests that fail because Redis is down are counted, each with a reference that is logged",
  async (t) => {
    const { log, lines } = keptLog();
    const events = createEvents(log);
    const failure = () => events.requestFailed(new StoreUnavailableError({ cause: new Error("no route") }));
    const references = Array.from({ length: 1_000 }, failure);
    t.equal(lines.length, 1, "the first is logged at once");
    t.same([...new Set(references)], [counted(lines)[0]!.reference]);
    await waitUntil(
      "the others are counted",
      () => counted(lines).reduce((sum, { count }) => sum + count, 0) === 1_000,
    );
    t.equal(lines.length, 2);
    await sleep(2_200);
    t.not(failure(), references[0], "another outage has another reference");
  },
);

t.test("each unexpected failure has a line and a reference of its own", async (t) => {
  const { log, lines } = keptLog();
  const events = createEvents(log);
  const references = [1, 2, 3].map(() => events.requestFailed(new Error("a fault")));
  t.equal(new Set(references).size, 3);
  t.same(
    counted(lines).map(({ reference }) => reference),
    references,
  );
});

t.test("more than 50 lines of sessions of an account in one second become one", async (t) => {
  const { log, lines } = keptLog();
  const events = createEvents(log);
  const open = (account: string) =>
    events.sessionOpened(caller("grant", account), sha256Hex(account), {
      protocolVersion: "2025-11-25",
    } as SessionRecord);
  const close = () => events.sessionClosedByClient(caller("grant", "1"), sha256Hex("1"));
  for (let session = 0; session < 100; session++) {
    open("1");
    close();
  }
  open("2");
  const written = () => lines.map((line) => (JSON.parse(line) as [Record<string, unknown>])[0]);
  t.equal(lines.length, 51, "another account has its own");
  await waitUntil("the others are counted", () => lines.length > 51);
  t.match(written().slice(51), [
    { event: "session.counted", accountId: "1", count: 150, opened: 75, closed: { client: 75 } },
  ]);
  open("1");
  t.match(written().at(-1), { event: "session.opened", accountId: "1" });
  events.flush();
  t.equal(lines.length, 53, "nothing is counted twice");
});
