import { closeSync, constants, existsSync, openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const pollMs = 20;

/**
 * Resolves once the file does not exist: a test holds a child with it, and releases it by removing the file. Each waiting
 * child appends one byte, which FileGate counts.
 */
export async function waitForRemoval(file: string): Promise<void> {
  if (!existsSync(file)) return;
  addByte(file);
  while (existsSync(file)) await sleep(pollMs);
}

/** Never creates the file: it may have been removed meanwhile. */
function addByte(file: string): void {
  try {
    const fd = openSync(file, constants.O_WRONLY | constants.O_APPEND);
    writeSync(fd, ".");
    closeSync(fd);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
