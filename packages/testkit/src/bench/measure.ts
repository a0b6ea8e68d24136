import { costlyParams, flood, oneString, type Flood } from "./large-messages.ts";
import { childAloneMs, coldOpenMs, firstCallMs } from "./first-call.ts";
import { liveHeapKiB } from "./live-heap.ts";
import { call, listTools, statelessCall, type Request } from "./requests.ts";
import { openIdleSessions, openSession, sessionCount, sessionOpenRate } from "./sessions.ts";
import { strangersFlood } from "./strangers-flood.ts";
import type { Target, Targets } from "./targets.ts";
import { throughput } from "./throughput.ts";
import { workerSpawnTimes } from "./worker-spawn.ts";

/** One row of the table: a value, its ratio to the baseline, and the goal. */
export interface Measurement {
  readonly name: string;
  /** Per second, milliseconds or KiB; the median of all rounds. */
  readonly value: number;
  readonly baseline?: number;
  /** The median of the rounds' ratios; each compares two consecutive measurements. */
  readonly ratio?: number;
  /** Undefined: for information. */
  readonly goal?: string;
  readonly reached?: boolean;
}

/** Each is a single measurement of some milliseconds. */
const firstCallRounds = 31;

interface Round {
  readonly value: number;
  readonly baseline: number;
}

/** Which rows are measured, and how. */
export interface Plan {
  readonly rounds: number;
  /** Of each side in each round. */
  readonly durationMs: number;
  /** Rows whose name does not match are left out. */
  readonly only: RegExp;
}

/** Measures the rows on the targets, both sides alternately, so that drift affects both equally. */
export async function measure(targets: Targets, plan: Plan): Promise<Measurement[]> {
  const { rounds, durationMs, only } = plan;
  const { constant, baselineBridge, tcpBridge, spawningBridge, ours } = targets;
  const session = { ...ours, headers: await openSession(ours) };
  const gateway = { ...targets.gateway, headers: session.headers };
  const perSecond = (target: Target, request: Request, concurrency: number) =>
    throughput({
      address: target.address,
      concurrency,
      durationMs,
      request: (connection) => request(target, connection),
    });
  const measured: Measurement[] = [];
  const rate = async (
    name: string,
    goal: number,
    baseline: () => Promise<number>,
    value: () => Promise<number>,
  ) => {
    if (!only.test(name)) return;
    // Warms up: V8's compilation is not to be measured.
    await compare(1, baseline, value);
    measured.push(atLeast(name, goal, await compare(rounds, baseline, value)));
  };
  const against = (
    name: string,
    goal: number,
    baseline: Target,
    target: Target,
    request: Request,
    concurrency: number,
  ) =>
    rate(
      name,
      goal,
      () => perSecond(baseline, request, concurrency),
      () => perSecond(target, request, concurrency),
    );
  const stateless = (name: string, concurrency: number) =>
    rate(
      name,
      0.95,
      () => perSecond(session, call("small"), concurrency),
      () => perSecond(ours, statelessCall("small"), concurrency),
    );
  // V8 compiles what has run some thousand times: calls one at a time would be measured before that.
  for (const target of [baselineBridge, session]) await perSecond(target, call("small"), 32);
  await against("floor / constant response, C=32", 0.55, constant, baselineBridge, call("small"), 32);
  await against("small call, C=1", 0.8, baselineBridge, session, call("small"), 1);
  await against("small call, C=32", 0.75, baselineBridge, session, call("small"), 32);
  await stateless("small call of 2026-07-28 / of a session, C=1", 1);
  await stateless("small call of 2026-07-28 / of a session, C=32", 32);
  await against("64 KB call, C=8", 0.65, baselineBridge, session, call("large"), 8);
  await against("10 progress and result, C=8", 0.85, baselineBridge, session, call("steps"), 8);
  await against("tools/list from the cache, C=8", 1.3, baselineBridge, session, listTools, 8);
  await against("small call through the auth-server, C=32", 0.5, tcpBridge, gateway, call("small"), 32);
  await rate(
    "session open on a live grant",
    5,
    () => sessionOpenRate(spawningBridge, durationMs),
    () => sessionOpenRate(ours, durationMs),
  );
  const others: [string, () => Measurement[] | Promise<Measurement[]>][] = [
    ["first call", () => firstCalls(targets)],
    ["start of a worker in its sandbox", workerSpawn],
    ["stranger's flood", () => duringFlood(targets, plan)],
    ["4 MiB of large messages", () => largeMessages(targets, rounds)],
    ["idle session", () => idleSession(targets)],
  ];
  for (const [name, rows] of others) if (only.test(name)) measured.push(...(await rows()));
  return measured;
}

/** What a call costs while no worker runs, beside the child's own start and response. */
async function firstCalls({ ours, stack }: Targets): Promise<Measurement[]> {
  const { control } = stack.sockets;
  // A session of its own: an account keeps at most a thousand, and the rows before may have opened more.
  const session = { ...ours, headers: await openSession(ours) };
  return [
    atMost(
      "first call after idle, ms",
      1.5,
      await compare(firstCallRounds, childAloneMs, () => firstCallMs(session, control)),
    ),
    atMost(
      "session open and first call, no worker, ms",
      2,
      await compare(firstCallRounds, childAloneMs, () => coldOpenMs(ours, control)),
    ),
  ];
}

async function compare(
  rounds: number,
  baseline: () => Promise<number>,
  value: () => Promise<number>,
): Promise<Round[]> {
  const results: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    results.push({ baseline: await baseline(), value: await value() });
  }
  return results;
}

function atLeast(name: string, goal: number, rounds: readonly Round[]): Measurement {
  const compared = summary(name, rounds);
  return { ...compared, goal: `≥ ${goal}`, reached: compared.ratio >= goal };
}

function atMost(name: string, goal: number, rounds: readonly Round[]): Measurement {
  const compared = summary(name, rounds);
  return { ...compared, goal: `≤ ${goal}`, reached: compared.ratio <= goal };
}

function summary(name: string, rounds: readonly Round[]) {
  return {
    name,
    value: median(rounds.map(({ value }) => value)),
    baseline: median(rounds.map(({ baseline }) => baseline)),
    ratio: median(rounds.map(({ value, baseline }) => value / baseline)),
  };
}

/** What the limits and the sandbox of a worker cost, beside bubblewrap and the child alone. */
function workerSpawn(): Measurement[] {
  const times = workerSpawnTimes();
  return times.length === 0 ? [] : [atMost("start of a worker in its sandbox, ms", 1.5, times)];
}

/** How much a stranger's flood, most of which is rejected, slows the calls and the refreshes of a connected user. */
async function duringFlood(targets: Targets, { rounds, durationMs }: Plan): Promise<Measurement[]> {
  const calls: Round[] = [];
  const refreshes: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { quiet, flooded } = await strangersFlood(targets, durationMs);
    calls.push({ baseline: median(quiet.calls), value: median(flooded.calls) });
    refreshes.push({ baseline: median(quiet.refreshes), value: median(flooded.refreshes) });
  }
  return [
    atMost("small call during a stranger's flood, ms", 2, calls),
    atMost("refresh during a stranger's flood, ms", 2, refreshes),
  ];
}

/** What large messages of one account cost, and how long they block another account, relative to one long string. */
async function largeMessages({ ours, other }: Targets, rounds: number): Promise<Measurement[]> {
  // The longest of few pings varies more than a rate.
  const floodRounds = 3 * rounds;
  const sender = { ...ours, headers: await openSession(ours) };
  const neighbour = { ...other, headers: await openSession(other) };
  const rows: Measurement[] = [];
  for (const [name, params] of Object.entries(costlyParams)) {
    const floods: { value: Flood; baseline: Flood }[] = [];
    for (let round = 0; round < floodRounds; round += 1) {
      floods.push({
        baseline: await flood(sender, neighbour, oneString),
        value: await flood(sender, neighbour, params),
      });
    }
    const of = (key: keyof Flood) =>
      floods.map(({ value, baseline }) => ({ value: value[key], baseline: baseline[key] }));
    rows.push(atMost(`4 MiB of ${name}, ms`, 2, of("totalMs")));
    rows.push(atMost(`  another account's worst ping, ms`, 1.5, of("worstPingMs")));
  }
  return rows;
}

/** The memory that an idle session costs the session-daemon. */
async function idleSession({ signInOthers, stack }: Targets): Promise<Measurement[]> {
  const others = await signInOthers();
  const countOfEach = 250;
  const count = countOfEach * others.length;
  const atFirst = await sessionCount(stack.sockets.control);
  // The first sessions also allocate workers, buffers and compiled code that all sessions share.
  await openIdleSessions(others, countOfEach);
  const before = await liveHeapKiB(stack.sessionDaemon);
  await openIdleSessions(others, countOfEach);
  const value = Math.max(0, (await liveHeapKiB(stack.sessionDaemon)) - before) / count;
  const kept = (await sessionCount(stack.sockets.control)) - atFirst;
  if (kept !== 2 * count) throw new Error(`Of ${2 * count} sessions only ${kept} are open`);
  return [{ name: "idle session, KiB", value, goal: "≤ 5", reached: value <= 5 }];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The value that so large a part of the values, from 0 to 1, does not exceed. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)]!;
}
