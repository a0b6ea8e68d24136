import type { Readable } from "node:stream";
import type { LineSplitter } from "../../jsonrpc/line-splitter.ts";

/** Some milliseconds of work, even if each line is invalid and the parser throws. */
const maxLinesPerTurn = 128;

const noBytes = Buffer.alloc(0);

/**
 * Pushes all that the stream brings into `lines`, but at most 128 lines in one iteration of the event loop: a child that
 * writes tens of thousands at once does not stall the clients of others. There is no such limit once its process has ended:
 * what is left in the pipe is bounded, and is lost 200 ms later. Resolves after the last line, once the stream is closed.
 */
export function readLines(stream: Readable, lines: LineSplitter, hasEnded: () => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let rest: Buffer = noBytes;
  let isClosed = false;

  function finish(): void {
    lines.end();
    resolve();
  }

  function read(chunk: Buffer): void {
    const end = lines.push(chunk, hasEnded() ? Infinity : maxLinesPerTurn);
    if (end < chunk.length) {
      rest = chunk.subarray(end);
      stream.pause();
      setImmediate(() => read(rest));
      return;
    }
    rest = noBytes;
    if (isClosed) finish();
    else if (stream.isPaused()) stream.resume();
  }

  stream.on("data", (chunk: Buffer) => {
    // Node resumes the streams of a process that has exited.
    if (rest.length > 0) rest = Buffer.concat([rest, chunk]);
    else read(chunk);
  });
  stream.once("close", () => {
    isClosed = true;
    if (rest.length === 0) finish();
  });
  return promise;
}
