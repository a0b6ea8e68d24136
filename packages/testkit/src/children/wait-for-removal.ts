import { closeSync, constants, existsSync, openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const lookEveryMs = 20;

/**
 * Resolves once there is no such file: a test holds a child with it, and lets go by removing it. Whoever is held adds a
 * byte to the file.
 */
export async function untilGone(file: string): Promise<void> {
  if (!existsSync(file)) return;
  addByte(file);
  while (existsSync(file)) await sleep(lookEveryMs);
}

/** A file that is gone by now stays so. */
function addByte(file: string): void {
  try {
    const fd = openSync(file, constants.O_WRONLY | constants.O_APPEND);
    writeSync(fd, ".");
    closeSync(fd);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
