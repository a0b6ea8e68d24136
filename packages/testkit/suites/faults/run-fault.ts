import { setTimeout as sleep } from "node:timers/promises";
import type { FaultRig } from "./fault-stack.ts";
import { finish } from "./recover.ts";
import { steps, type Flow, type Step } from "./client-flow.ts";
import type { Cell, Fault } from "./fault-matrix.ts";
import { patiently } from "./eventually.ts";
import { bringUnderWay } from "./start-in-flight.ts";

interface Test {
  ok(value: unknown, message: string): unknown;
  equal(found: unknown, wanted: unknown, message: string): unknown;
  same(found: unknown, wanted: unknown, message: string): unknown;
  comment(message: string): unknown;
}

type Expected = Exclude<Cell, { left: string }> & {
  readonly moment: "before" | "during";
  readonly step: Step;
  readonly name: string;
};

const notTaken = Promise.resolve("not taken");

interface Run {
  readonly cell: Expected;
  readonly flow: Flow;
  seen: Promise<string>;
}

/**
 * Runs one fault: all steps of both moments at once, each with a person and a client of its own; then looks for what is
 * left.
 */
export async function meet(t: Test, rig: FaultRig, fault: Fault): Promise<void> {
  await rig.leftOvers.note();
  const cells = cellsOf(t, fault);
  const flows = await rig.flowsAt(
    cells.map(({ step }) => step),
    fault.way,
  );
  const runs = cells.map((cell, i): Run => ({ cell, flow: flows[i]!, seen: notTaken }));
  const of = (moment?: "before" | "during") =>
    runs.filter(({ cell }) => moment === undefined || cell.moment === moment);

  const underWay = of("during").map((run) => ({
    step: run.cell.step,
    take: (hold?: string) => (run.seen = run.flow.take(run.cell.step, hold)),
  }));
  const letGo = await bringUnderWay(rig, underWay, fault.heldAt);
  rig.leftOvers.workers();
  try {
    await fault.inject(flows);
    for (const run of of("before")) run.seen = run.flow.take(run.cell.step);
    letGo();
    if (typeof fault.lasts === "object") await sleep(fault.lasts.ms);
    else await Promise.all(of(fault.lasts).map(({ seen }) => seen));
  } finally {
    letGo();
    await fault.heal(flows);
  }

  const lost = new Map<string, number>();
  await Promise.all(
    runs.map(async (run) => {
      const logins = await expectRecovery(t, run, await seenBy(run));
      if (run.cell.newLogin === "may") lost.set(run.flow.accountId, logins);
    }),
  );
  await lookBack(t, rig, flows, lost);
}

function cellsOf(t: Test, fault: Fault): Expected[] {
  return (["before", "during"] as const).flatMap((moment) =>
    steps.flatMap((step) => {
      const cell = fault[moment][step];
      if ("sees" in cell) return [{ moment, step, name: `${moment} ${step}`, ...cell }];
      t.comment(`${moment} ${step}: left out, ${cell.left}`);
      return [];
    }),
  );
}

async function seenBy({ cell, flow, seen }: Run): Promise<string> {
  const answer = await seen;
  if (cell.step !== "stream" || cell.moment === "before" || answer !== "done") return answer;
  return flow.mcp.isListening ? "open" : "closed";
}

/** What the client saw is as told, and it comes to its end as told. Answers with the logins that it took. */
async function expectRecovery(t: Test, { cell, flow }: Run, seen: string): Promise<number> {
  const { step, name, newLogin } = cell;
  t.ok(cell.sees.includes(seen), `${name}: the client sees ${seen} (${cell.sees.join(" | ")})`);
  if (seen === "open") await flow.mcp.hearFromChild();
  const isThrough = seen === "done" || seen === "open";
  const { logins, ...others } = await finish(
    flow,
    isThrough ? (steps[steps.indexOf(step) + 1] ?? "call") : step,
  );
  // What a client has got outlives every fault that may take what it has not.
  const most = newLogin === "must" || (newLogin === "may" && !isThrough) ? 1 : 0;
  t.ok(logins <= most, `${name}: ${logins} new logins (${newLogin})`);
  if (newLogin === "must") t.equal(logins, 1, `${name}: a new login`);
  if (newLogin === "never") t.same(others, { newSessions: 0, refreshes: 0 }, `${name}: all is kept`);
  t.ok(flow.mcp.isListening, `${name}: it works in the end`);
  return logins;
}

/** `lost` grants of each account may be left: those whose tokens never reached their client. */
async function lookBack(
  t: Test,
  rig: FaultRig,
  flows: readonly Flow[],
  lost: ReadonlyMap<string, number>,
): Promise<void> {
  t.same(await rig.leftOvers.keysForEver(), [], "every key expires");
  for (const flow of flows) await flow.revoke();
  await patiently("the streams of ended grants should end", () => !flows.some(({ mcp }) => mcp.isListening));
  await rig.leftOvers.gone(flows.length);
  t.same(await rig.leftOvers.newKeysOfAccess(lost), [], "no key of an ended grant is left");
}
