import { setTimeout as sleep } from "node:timers/promises";
import type { FaultStack } from "./fault-stack.ts";
import type { Step } from "./client-flow.ts";
import { eventually } from "./eventually.ts";

/** A step of a client that can be started; `start` resolves with its outcome. */
export interface StartableStep {
  readonly step: Step;
  readonly start: (gateFile?: string) => Promise<string>;
}

/** Steps whose first request goes to Forgejo's token endpoint, because the token that they use has almost expired. */
const requestsToken: ReadonlySet<Step> = new Set(["callback", "refresh", "initialize", "renewal"]);
const startsWorker: ReadonlySet<Step> = new Set(["initialize", "renewal"]);
/** Time for the other steps' requests to arrive; they may be complete by then, or not. */
const arrivalMs = 15;

/**
 * Starts all steps and holds them at a known point: a call in its child, an open stream, and a step that starts a worker
 * at `heldAt`. Steps without such a point are only started. Resolves with a function that releases all of them.
 */
export async function startInFlight(
  setup: FaultStack,
  steps: readonly StartableStep[],
  heldAt: "forgejo" | "child",
): Promise<() => void> {
  const { calls } = setup.gates;
  const isHeld = (step: Step) => (heldAt === "forgejo" ? requestsToken : startsWorker).has(step);
  const point = steps.some(({ step }) => isHeld(step)) ? pointAt(setup, heldAt) : undefined;
  const startAll = (wanted: (step: Step) => boolean, gateFile?: string) =>
    steps.filter(({ step }) => wanted(step)).map(({ start }) => start(gateFile)).length;
  const release = () => {
    calls.open();
    point?.release();
  };
  try {
    calls.close();
    const inChild = startAll((step) => step === "call", calls.file);
    await Promise.all(steps.filter(({ step }) => step === "stream").map(({ start }) => start()));
    await eventually("calls should be in their children", () => calls.waiting === inChild);
    point?.hold();
    const held = startAll(isHeld);
    await eventually("steps should be held", () => (point?.held() ?? 0) === held);
    startAll((step) => step !== "call" && step !== "stream" && !isHeld(step));
    await sleep(arrivalMs);
  } catch (error) {
    release();
    throw error;
  }
  return release;
}

function pointAt({ forgejo: { controls }, gates: { starts } }: FaultStack, heldAt: "forgejo" | "child") {
  if (heldAt === "child") {
    return { hold: () => starts.close(), held: () => starts.waiting, release: () => starts.open() };
  }
  return {
    hold: () => controls.setFault({ path: /access_token$/, mode: "hold" }),
    held: () => controls.waitingRequests,
    release: () => controls.clearFaults(),
  };
}
