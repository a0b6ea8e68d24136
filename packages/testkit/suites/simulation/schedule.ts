import { oneOf } from "../faults/random.ts";

/** What a client does in a step. */
export interface Conversation {
  readonly calls: number;
  readonly isNew: boolean;
  /** Of what the client itself draws, so that it does not change the draws of others. */
  readonly seed: number;
}

/** A jump of the time, and what happens after it, at once. */
interface Step {
  readonly seconds: number;
  /** By the index of the client. */
  readonly conversations: readonly (Conversation | undefined)[];
  /** A part restarts when this is below the share of the step, so much later. */
  readonly fault: { readonly draw: number; readonly delayMs: number };
}

export interface Schedule {
  readonly steps: readonly Step[];
  /** Which part restarts at the first restart, the second, and so on: each one once in a round. */
  partOf(restart: number): string;
}

const minute = 60;
const maxFaultDelayMs = 100;

/** Everything that is drawn is drawn here, before anything runs: it depends on the generator alone. */
export function drawSchedule(
  random: () => number,
  { seconds, shares, parts }: { seconds: number; shares: readonly number[]; parts: readonly string[] },
): Schedule {
  const steps: Step[] = [];
  for (let passedSec = 0; passedSec < seconds; passedSec += steps.at(-1)!.seconds) {
    steps.push({
      seconds: minute * (random() < 0.3 ? 1 + random() * 20 : 60 + random() * 180),
      conversations: shares.map((share) => drawConversation(random, share)),
      fault: { draw: random(), delayMs: random() * maxFaultDelayMs },
    });
  }
  const restarts = steps.flatMap(() => shuffled(random, parts));
  return { steps, partOf: (restart) => restarts[restart]! };
}

function drawConversation(random: () => number, share: number): Conversation | undefined {
  if (random() >= share) return undefined;
  return { calls: 1 + Math.floor(random() * 2), isNew: random() < 0.5, seed: drawSeed(random) };
}

export function drawSeed(random: () => number): number {
  return Math.floor(random() * 2 ** 32);
}

function shuffled(random: () => number, parts: readonly string[]): string[] {
  const left = [...parts];
  return parts.map(() => left.splice(left.indexOf(oneOf(random, left)), 1)[0]!);
}
