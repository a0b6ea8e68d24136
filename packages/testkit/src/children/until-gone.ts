import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const lookEveryMs = 20;

/** Resolves once there is no such file: a test holds a child with it, and lets go by removing it. */
export async function untilGone(file: string): Promise<void> {
  while (existsSync(file)) await sleep(lookEveryMs);
}
