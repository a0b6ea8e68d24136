import { writeSync } from "node:fs";

/** Between two attempts to write to a pipe that is full; doubled each time. */
const maxWaitMs = 50;
const never = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes to standard output, and returns once all of it is written: a slow reader of a pipe makes it wait, and nothing is
 * lost when the process ends. Throws the error of the operating system, such as EPIPE or ENOSPC.
 */
export function writeOut(text: string): void {
  writeAll(1, text);
}

/** What a command writes for its caller, on standard output; as `writeOut`, with a line feed at the end. */
export function print(text: string): void {
  writeOut(asLine(text));
}

/** A value for programs: JSON with two spaces of indentation. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, undefined, 2));
}

/** A remark beside the result, on standard error. Where that cannot be written, there is no place for it. */
export function note(text: string): void {
  try {
    writeAll(2, asLine(text));
  } catch {
    // The exit code says it, too.
  }
}

function asLine(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}

/**
 * Not by the streams of `process`: what they keep for a full pipe is lost at the exit, and they ignore that a disk accepts
 * only a part of a write.
 */
function writeAll(fd: number, text: string): void {
  let rest = Buffer.from(text);
  let waitMs = 1;
  while (rest.length > 0)
    try {
      rest = rest.subarray(writeSync(fd, rest));
      waitMs = 1;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(never, 0, 0, waitMs);
      waitMs = Math.min(2 * waitMs, maxWaitMs);
    }
}
