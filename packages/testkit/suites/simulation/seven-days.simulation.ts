import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { oneOf, seededRandom } from "../faults/random.ts";
import { ClaudeClient } from "./claude-client.ts";
import { startInstallation } from "./installation.ts";

const minute = 60;
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
const maxFaultDelayMs = 100;

const seed = Number(process.env.FJMCP_TEST_SEED ?? Date.now() % 1_000_000);
const random = seededRandom(seed);

// Each start of the session-daemon adds a listener.
process.setMaxListeners(0);
const installation = await startInstallation();
t.teardown(() => installation.close());

t.test(`seven days without a sign-out (FJMCP_TEST_SEED=${seed})`, async (t) => {
  const clients: ClaudeClient[] = [];
  for (const [index, { userName }] of usage.entries()) {
    const own = seededRandom(seed + 1 + index);
    clients.push(await ClaudeClient.signIn({ installation, userName, random: own }));
  }
  const restarted: string[] = [];
  const restartPart = async (share: number) => {
    if (random() >= share) return;
    const name = oneOf(random, Object.keys(installation.restarts));
    restarted.push(name);
    await sleep(random() * maxFaultDelayMs);
    await installation.restarts[name]!();
  };
  let steps = 0;
  for (let passedSec = 0; passedSec < sevenDaysSec; steps += 1) {
    const stepSec = minute * (random() < 0.3 ? 1 + random() * 20 : 60 + random() * 180);
    await installation.passTime(stepSec);
    passedSec += stepSec;
    const share = clients.some(({ mayRefresh }) => mayRefresh) ? faultShare.atRefresh : faultShare.usually;
    const conversations = clients.flatMap((client, index) => {
      if (random() >= usage[index]!.share) return [];
      return [client.converse(1 + Math.floor(random() * 2), { isNew: random() < 0.5 })];
    });
    await Promise.all([...conversations, restartPart(share)]);
  }
  for (const client of clients) {
    const failedBefore = client.failedCalls.length;
    await client.converse(1, { isNew: true });
    t.same(client.signOuts, [], "the user never has to sign in again");
    t.same(client.faults, [], "every response is one that a client understands");
    t.equal(client.failedCalls.length, failedBefore, "the client works in the end");
    t.comment(JSON.stringify(client.counts));
  }
  const calls = clients.reduce((sum, { counts }) => sum + counts.calls, 0);
  const failed = clients.flatMap(({ failedCalls }) => failedCalls);
  t.ok(failed.length < calls / 3, `calls fail only while a part is away: ${failed.length} of ${calls}`);
  for (const [message, all] of Map.groupBy(failed, (text) => text)) t.comment(`${all.length} × ${message}`);
  const restarts = Map.groupBy(restarted, (name) => name);
  t.comment(`${steps} steps; ${[...restarts].map(([name, all]) => `${name} ${all.length}`).join(", ")}`);
});
