import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { seededRandom } from "../faults/random.ts";
import { ClaudeClient } from "./claude-client.ts";
import { startInstallation } from "./installation.ts";
import { drawSchedule, drawSeed } from "./schedule.ts";

const sevenDaysSec = 7 * 24 * 3600;
/** The clients: whose they are, and in which share of the steps they are used. */
const usage = [
  { userName: "alice", share: 0.4 },
  { userName: "alice", share: 0.2 },
  { userName: "bob", share: 0.3 },
  { userName: "bob", share: 0.03 },
] as const;
/** In which share of the steps a part restarts; it is higher where a refresh may meet the restart. */
const faultShare = { usually: 0.3, atRefresh: 0.8 };
/** About half of what a run has at least: without them, nothing was simulated. */
const minima = { steps: 60, restartsOfEachPart: 3, refreshes: 12, calls: 60, sessions: 4 };

const seed = Number(process.env.FJMCP_TEST_SEED ?? Date.now() % 1_000_000);
const random = seededRandom(seed);

// Each start of the session-daemon adds a listener.
process.setMaxListeners(0);
const installation = await startInstallation();
t.teardown(() => installation.close());

const parts = Object.keys(installation.restarts);
const shares = usage.map(({ share }) => share);

t.test("a schedule depends on its seed alone", async (t) => {
  const drawn = (from: number) => {
    const schedule = drawSchedule(seededRandom(from), { seconds: sevenDaysSec, shares, parts });
    return { steps: schedule.steps, parts: schedule.steps.map((_, index) => schedule.partOf(index)) };
  };
  t.same(drawn(seed), drawn(seed));
  t.notSame(drawn(seed), drawn(seed + 1));
});

t.test(`signs no user out in seven days (FJMCP_TEST_SEED=${seed})`, async (t) => {
  const clients: ClaudeClient[] = [];
  for (const { userName } of usage)
    clients.push(await ClaudeClient.signIn({ installation, userName, seed: drawSeed(random) }));
  const schedule = drawSchedule(random, { seconds: sevenDaysSec, shares, parts });
  const restarts = new Map(parts.map((part) => [part, 0]));
  let restarted = 0;
  const restartPart = async (delayMs: number) => {
    const part = schedule.partOf(restarted++);
    await sleep(delayMs);
    await installation.restarts[part]!();
    restarts.set(part, restarts.get(part)! + 1);
  };
  for (const { seconds, conversations, fault } of schedule.steps) {
    await installation.passTime(seconds);
    const refreshes = clients.some(
      ({ mayRefresh }, index) => mayRefresh && conversations[index] !== undefined,
    );
    const share = refreshes ? faultShare.atRefresh : faultShare.usually;
    const conversing = clients.map((client, index) => {
      const conversation = conversations[index];
      return conversation && client.converse(conversation);
    });
    await Promise.all([...conversing, fault.draw < share && restartPart(fault.delayMs)]);
  }
  for (const client of clients) {
    const failedBefore = client.failedCalls.length;
    await client.converse({ calls: 1, isNew: true, seed: drawSeed(random) });
    t.same(client.signOuts, [], "the user never has to sign in again");
    t.same(client.faults, [], "every response is one that a client understands");
    t.equal(client.failedCalls.length, failedBefore, "the client works in the end");
    t.comment(JSON.stringify(client.counts));
  }
  const sum = (counted: keyof ClaudeClient["counts"]) =>
    clients.reduce((total, { counts }) => total + counts[counted], 0);
  for (const counted of ["calls", "refreshes", "sessions"] as const)
    t.ok(sum(counted) >= minima[counted], `at least ${minima[counted]} ${counted}: ${sum(counted)}`);
  for (const [part, times] of restarts)
    t.ok(
      times >= minima.restartsOfEachPart,
      `at least ${minima.restartsOfEachPart} restarts of ${part}: ${times}`,
    );
  t.ok(schedule.steps.length >= minima.steps, `at least ${minima.steps} steps: ${schedule.steps.length}`);
  const failed = clients.flatMap(({ failedCalls }) => failedCalls);
  t.ok(
    failed.length < sum("calls") / 3,
    `calls fail only while a part is away: ${failed.length} of ${sum("calls")}`,
  );
  for (const [message, all] of Map.groupBy(failed, (text) => text)) t.comment(`${all.length} × ${message}`);
});
