import { setTimeout as sleep } from "node:timers/promises";
import type { FaultRig } from "./fault-stack.ts";
import type { Step } from "./client-flow.ts";
import { patiently } from "./eventually.ts";

/** Takes one step and keeps its answer. */
export interface Taken {
  readonly step: Step;
  readonly take: (hold?: string) => Promise<string>;
}

/** Forgejo's token endpoint is the first thing that each of these asks for; what they rest on is at the end of its life. */
const asksForgejo: ReadonlySet<Step> = new Set(["callback", "refresh", "initialize", "renewal"]);
const startsWorker: ReadonlySet<Step> = new Set(["initialize", "renewal"]);
/** Of steps that are answered at once: until they have been received. They may be answered by then, or not. */
const onTheWayMs = 15;

/**
 * Takes all steps up to a point that is known: a call is in its child, a stream is open, and what brings up a worker is
 * where `heldAt` says. Steps that have no such point are just on their way. Answers with how to let go of all.
 */
export async function bringUnderWay(
  rig: FaultRig,
  steps: readonly Taken[],
  heldAt: "forgejo" | "child",
): Promise<() => void> {
  const { calls } = rig.holds;
  const isHeld = (step: Step) => (heldAt === "forgejo" ? asksForgejo : startsWorker).has(step);
  const point = steps.some(({ step }) => isHeld(step)) ? pointAt(rig, heldAt) : undefined;
  const takeAll = (wanted: (step: Step) => boolean, hold?: string) =>
    steps.filter(({ step }) => wanted(step)).map(({ take }) => take(hold)).length;
  const letGo = () => {
    calls.release();
    point?.letGo();
  };
  try {
    calls.hold();
    const inChild = takeAll((step) => step === "call", calls.file);
    await Promise.all(steps.filter(({ step }) => step === "stream").map(({ take }) => take()));
    await patiently("calls should be in their children", () => calls.held === inChild);
    point?.hold();
    const held = takeAll(isHeld);
    await patiently("steps should be held", () => (point?.held() ?? 0) === held);
    takeAll((step) => step !== "call" && step !== "stream" && !isHeld(step));
    await sleep(onTheWayMs);
  } catch (error) {
    letGo();
    throw error;
  }
  return letGo;
}

function pointAt({ forgejo: { controls }, holds: { starts } }: FaultRig, heldAt: "forgejo" | "child") {
  if (heldAt === "child") {
    return { hold: () => starts.hold(), held: () => starts.held, letGo: () => starts.release() };
  }
  return {
    hold: () => controls.setFault({ path: /access_token$/, mode: "hold" }),
    held: () => controls.waitingRequests,
    letGo: () => controls.clearFaults(),
  };
}
