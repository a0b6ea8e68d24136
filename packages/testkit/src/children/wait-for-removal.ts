import { closeSync, constants, existsSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const pollMs = 20;

/**
 * Resolves once the file does not exist: a test holds a child with it, and releases it by removing the file. Each waiting
 * child appends one byte, which FileGate counts. Throws when the file's folder is out of reach, as in a sandbox.
 */
export async function waitForRemoval(file: string): Promise<void> {
  if (!existsSync(dirname(file))) throw new Error(`No folder for a gate: ${file}`);
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
