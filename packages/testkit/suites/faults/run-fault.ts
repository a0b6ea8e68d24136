import { setTimeout as sleep } from "node:timers/promises";
import type { FaultStack } from "./fault-stack.ts";
import { recover } from "./recover.ts";
import { steps, type ClientFlow, type Step } from "./client-flow.ts";
import type { Cell, Fault } from "./fault-matrix.ts";
import { eventually } from "./eventually.ts";
import { startInFlight } from "./start-in-flight.ts";

interface Test {
  ok(value: unknown, message: string): unknown;
  equal(found: unknown, wanted: unknown, message: string): unknown;
  same(found: unknown, wanted: unknown, message: string): unknown;
  comment(message: string): unknown;
}

type Expected = Exclude<Cell, { omitted: string }> & {
  readonly moment: "before" | "during";
  readonly step: Step;
  readonly name: string;
};

const notStarted = Promise.resolve("not started");

interface Run {
  readonly cell: Expected;
  readonly flow: ClientFlow;
  outcome: Promise<string>;
}

/**
 * Runs one fault: all steps of both moments at once, each with a user and a client of its own; then checks that every
 * client recovers and that nothing leaks.
 */
export async function runFault(t: Test, setup: FaultStack, fault: Fault): Promise<void> {
  await setup.leaks.recordKeys();
  const cells = cellsOf(t, fault);
  const flows = await setup.flowsAt(
    cells.map(({ step }) => step),
    fault.route,
  );
  const runs = cells.map((cell, i): Run => ({ cell, flow: flows[i]!, outcome: notStarted }));
  const of = (moment?: "before" | "during") =>
    runs.filter(({ cell }) => moment === undefined || cell.moment === moment);

  const inFlight = of("during").map((run) => ({
    step: run.cell.step,
    start: (gateFile?: string) => (run.outcome = run.flow.runStep(run.cell.step, gateFile)),
  }));
  const release = await startInFlight(setup, inFlight, fault.heldAt);
  setup.leaks.workers();
  try {
    await fault.inject(flows);
    for (const run of of("before")) run.outcome = run.flow.runStep(run.cell.step);
    release();
    if (typeof fault.lasts === "object") await sleep(fault.lasts.ms);
    else await Promise.all(of(fault.lasts).map(({ outcome }) => outcome));
  } finally {
    release();
    await fault.heal(flows);
  }

  const lost = new Map<string, number>();
  await Promise.all(
    runs.map(async (run) => {
      const logins = await expectRecovery(t, run, await outcomeOf(run));
      if (run.cell.newLogin === "may") lost.set(run.flow.accountId, logins);
    }),
  );
  await expectNoLeaks(t, setup, flows, lost);
}

function cellsOf(t: Test, fault: Fault): Expected[] {
  return (["before", "during"] as const).flatMap((moment) =>
    steps.flatMap((step) => {
      const cell = fault[moment][step];
      if ("sees" in cell) return [{ moment, step, name: `${moment} ${step}`, ...cell }];
      t.comment(`${moment} ${step}: omitted, ${cell.omitted}`);
      return [];
    }),
  );
}

async function outcomeOf({ cell, flow, outcome }: Run): Promise<string> {
  const last = await outcome;
  if (cell.step !== "stream" || cell.moment === "before" || last !== "done") return last;
  return flow.mcp.isListening ? "open" : "closed";
}

/** Checks the outcome and the recovery against the cell. Resolves with the number of logins that it took. */
async function expectRecovery(t: Test, { cell, flow }: Run, outcome: string): Promise<number> {
  const { step, name, newLogin } = cell;
  t.ok(cell.sees.includes(outcome), `${name}: the client sees ${outcome} (${cell.sees.join(" | ")})`);
  if (outcome === "open") await flow.mcp.expectNotification();
  const succeeded = outcome === "done" || outcome === "open";
  const { logins, ...others } = await recover(
    flow,
    succeeded ? (steps[steps.indexOf(step) + 1] ?? "call") : step,
  );
  // A fault that may lose a response must not take what the client has received already.
  const most = newLogin === "must" || (newLogin === "may" && !succeeded) ? 1 : 0;
  t.ok(logins <= most, `${name}: ${logins} new logins (${newLogin})`);
  if (newLogin === "must") t.equal(logins, 1, `${name}: a new login`);
  if (newLogin === "never")
    t.same(others, { newSessions: 0, refreshes: 0 }, `${name}: session and tokens are kept`);
  t.ok(flow.mcp.isListening, `${name}: the client has recovered`);
  return logins;
}

/** Revokes all grants and checks for leaks. `lost` grants of an account may remain: their tokens never reached a client. */
async function expectNoLeaks(
  t: Test,
  setup: FaultStack,
  flows: readonly ClientFlow[],
  lost: ReadonlyMap<string, number>,
): Promise<void> {
  t.same(await setup.leaks.keysWithoutExpiry(), [], "every key expires");
  for (const flow of flows) await flow.revoke();
  await eventually(
    "the streams of revoked grants should end",
    () => !flows.some(({ mcp }) => mcp.isListening),
  );
  await setup.leaks.expectNone(flows.length);
  t.same(await setup.leaks.newAccessKeys(lost), [], "no key of a revoked grant is left");
}
