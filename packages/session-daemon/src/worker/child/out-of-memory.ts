import type { Chunks } from "../../jsonrpc/chunks.ts";
import type { ChildExit } from "./child-exit.ts";

/** Only the start of a line is read: the runtimes write these sentences alone on a line. */
const scannedBytes = 160;
/** Between the sentence and the exit: Go writes the stacks of all goroutines meanwhile. */
const lastWordsMs = 5_000;

/** What the runtimes write when they cannot allocate, and how their process then ends. */
const runtimes = [
  {
    // Go: runtime.throw.
    sentence: /^(fatal error: )?(runtime: )?(out of memory\b|cannot allocate memory$)/,
    exits: new Set<number | string | null>([2]),
  },
  {
    // V8: FatalProcessOutOfMemory.
    sentence: /^(# Fatal (process|JavaScript)|FATAL ERROR: .*) .*out of memory/i,
    exits: new Set<number | string | null>(["SIGABRT", "SIGTRAP", "SIGILL"]),
  },
  {
    // Node: an uncaught error of a buffer's allocation.
    sentence: /^RangeError: (Failed to allocate memory|Array buffer allocation failed)$/,
    exits: new Set<number | string | null>([1]),
  },
];

/**
 * Tells from a child's stderr and its exit whether it ended for lack of memory. Both must agree: a text alone may be about
 * anything, and an exit has many causes.
 */
export class OutOfMemoryDetector {
  #runtime: (typeof runtimes)[number] | undefined;
  #atMs = 0;

  line(line: Chunks): void {
    const start = line[0].toString("latin1", 0, scannedBytes);
    const runtime = runtimes.find(({ sentence }) => sentence.test(start));
    if (runtime === undefined) return;
    this.#runtime = runtime;
    this.#atMs = performance.now();
  }

  explains({ code, signal }: ChildExit): boolean {
    const isRecent = performance.now() - this.#atMs < lastWordsMs;
    return isRecent && this.#runtime !== undefined && this.#runtime.exits.has(signal ?? code);
  }
}
