import { setTimeout as sleep } from "node:timers/promises";
import type { FaultRig, Way } from "./fault-rig.ts";
import { steps, type Flow, type Step } from "./flow.ts";

/** What a client may see when a fault meets a step, and whether it must log in anew once the fault is over. */
export type Cell =
  | { readonly sees: readonly string[]; readonly newLogin: "never" | "must" | "may" }
  | { readonly left: string };

export type Row = Readonly<Record<Step, Cell>>;

/** It may see one of these, and goes on without a new login. */
export const sees = (...seen: readonly string[]): Cell => ({ sees: seen, newLogin: "never" });
/** It is told to log in anew, now or soon after. */
export const mustLogIn = (...seen: readonly string[]): Cell => ({ sees: seen, newLogin: "must" });
/** The answer that got lost may have held what can be had only once. */
export const mayLogIn = (...seen: readonly string[]): Cell => ({ sees: seen, newLogin: "may" });
/** Not a cell, and why. */
export const left = (reason: string): Cell => ({ left: reason });

/** The same for every step but those of `others`. */
export function row(cell: Cell, others: Partial<Row> = {}): Row {
  return { ...(Object.fromEntries(steps.map((step) => [step, cell])) as Row), ...others };
}

export interface Fault {
  readonly name: string;
  readonly inject: (flows: readonly Flow[]) => unknown;
  readonly heal: (flows: readonly Flow[]) => unknown;
  /** How long it lasts; without it, until every client has seen its answer. */
  readonly lastsMs?: number;
  /** The way of MCP requests. */
  readonly way: Way;
  /** The fault is there, then the step is taken. After one step is before the next. */
  readonly before: Row;
  /** The step is under way when the fault comes; of the stream: it is open. */
  readonly during: Row;
}

type Moment = "before" | "during";

interface Test {
  ok(value: unknown, message: string): unknown;
  same(found: unknown, wanted: unknown, message: string): unknown;
  comment(message: string): unknown;
}

/** A call that is certainly still in flight when the fault comes. */
const callMs = 1_000;
/** Until a call that was posted is in the child, and a stream open. */
const underWayMs = 300;
/** Until requests that are answered at once have been received; with so many at a time they are not all answered yet. */
const onTheWayMs = 15;
const underWayBefore: ReadonlySet<Step> = new Set(["call", "stream"]);

/**
 * Runs one fault: all steps of both moments at once, each with a person and a client of its own; then looks for what is
 * left.
 */
export async function meet(t: Test, rig: FaultRig, fault: Fault): Promise<void> {
  const cells = (["before", "during"] as const).flatMap((moment) =>
    steps.flatMap((step) => {
      const cell = fault[moment][step];
      if ("sees" in cell) return [{ moment, step, name: `${moment} ${step}`, ...cell }];
      t.comment(`${moment} ${step}: left out, ${cell.left}`);
      return [];
    }),
  );
  const flows = await rig.flowsAt(
    cells.map(({ step }) => step),
    fault.way,
  );
  const isUnderWay = ({ moment, step }: { moment: Moment; step: Step }) =>
    moment === "during" && underWayBefore.has(step);
  const taken = new Map<Flow, Promise<string>>();
  const take = (wanted: (cell: (typeof cells)[number]) => boolean) => {
    for (const [i, cell] of cells.entries()) {
      if (wanted(cell)) taken.set(flows[i]!, flows[i]!.take(cell.step, callMs));
    }
  };
  take(isUnderWay);
  await sleep(underWayMs);
  rig.leftOvers.workers();
  take((cell) => cell.moment === "during" && !isUnderWay(cell));
  await sleep(onTheWayMs);
  await fault.inject(flows);
  take((cell) => cell.moment === "before");
  const answers = Promise.all(flows.map((flow) => taken.get(flow)!));
  await (fault.lastsMs === undefined ? answers : sleep(fault.lastsMs));
  await fault.heal(flows);

  let lost = 0;
  const seen = await answers;
  await Promise.all(
    cells.map(async (cell, i) => {
      const flow = flows[i]!;
      const { step, name } = cell;
      if (step === "stream" && cell.moment === "during" && seen[i] === "done") {
        seen[i] = flow.isListening ? "open" : "closed";
      }
      t.ok(cell.sees.includes(seen[i]!), `${name}: the client sees ${seen[i]} (${cell.sees.join(" | ")})`);
      const isThrough = seen[i] === "done" || seen[i] === "open";
      const logins = await flow.finish(isThrough ? (steps[steps.indexOf(step) + 1] ?? "call") : step);
      if (cell.newLogin === "may") lost += logins;
      else
        t.ok(logins > 0 === (cell.newLogin === "must"), `${name}: ${logins} new logins (${cell.newLogin})`);
      t.ok(flow.isListening, `${name}: it works in the end`);
    }),
  );
  await lookBack(t, rig, flows, lost);
}

/** `lost` grants may be left: those whose tokens never reached their client. */
async function lookBack(t: Test, rig: FaultRig, flows: readonly Flow[], lost: number): Promise<void> {
  t.same(await rig.leftOvers.keysForEver(), [], "every key expires");
  for (const flow of flows) await flow.revoke();
  await rig.leftOvers.gone();
  const keys = await rig.leftOvers.newKeysOfAccess();
  if (lost === 0) t.same(keys, [], "no key of an ended grant is left");
  else
    t.ok(
      keys.filter((key) => key.startsWith("grant:")).length <= lost,
      "no more grants are left than were lost",
    );
}
