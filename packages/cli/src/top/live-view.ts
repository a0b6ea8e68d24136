import { setTimeout as sleep } from "node:timers/promises";
import { CommandError } from "../command-error.ts";
import { Screen } from "../terminal/screen.ts";
import { renderSnapshot } from "./render.ts";
import type { Snapshot } from "./snapshot.ts";

const intervalMs = 2_000;
const footer = "q quits. Refreshed every 2 s.";

/** Shows snapshots on the terminal until the administrator quits. While a daemon does not respond, it says so and goes on. */
export async function showLive(take: () => Promise<Snapshot>): Promise<void> {
  using screen = new Screen();
  let before: { snapshot: Snapshot; atMs: number } | undefined;
  while (!screen.signal.aborted) {
    try {
      const snapshot = await take();
      const atMs = Date.now();
      const earlier = before && { snapshot: before.snapshot, elapsedSec: (atMs - before.atMs) / 1000 };
      before = { snapshot, atMs };
      screen.show(renderSnapshot(snapshot, { nowSec: atMs / 1000, before: earlier }), footer);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      before = undefined;
      screen.show([error.message, error.advice], footer);
    }
    await sleep(intervalMs, undefined, { signal: screen.signal }).catch(() => undefined);
  }
}
