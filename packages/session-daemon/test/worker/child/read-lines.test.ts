import { PassThrough } from "node:stream";
import { setImmediate as nextIteration } from "node:timers/promises";
import t from "tap";
import { LineSplitter } from "../../../src/jsonrpc/line-splitter.ts";
import { readLines } from "../../../src/worker/child/read-lines.ts";

/** The lines read so far, and the promise of the reader. */
function reading(stream: PassThrough): { lines: string[]; whenRead: Promise<void> } {
  const lines: string[] = [];
  const splitter = new LineSplitter(
    1_000,
    (line) => lines.push(line.toString()),
    () => lines.push("too long"),
  );
  return { lines, whenRead: readLines(stream, splitter, () => false) };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

t.test("many lines of one chunk leave the event loop to others between them", async (t) => {
  const stream = new PassThrough();
  const { lines, whenRead } = reading(stream);
  stream.end(`${numbers(10_000).join("\n")}\n`);
  let most = 0;
  while (lines.length < 10_000) {
    const before = lines.length;
    await nextIteration();
    most = Math.max(most, lines.length - before);
  }
  await whenRead;
  t.ok(most > 0 && most <= 256, `${most} lines in one iteration`);
  t.same(lines, numbers(10_000));
});

t.test("a few lines are read at once, in the event that brings them", async (t) => {
  const stream = new PassThrough();
  const { lines } = reading(stream);
  stream.write("one\ntwo\nthr");
  await new Promise((resolve) => process.nextTick(resolve));
  t.same(lines, ["one", "two"]);
  stream.destroy();
});

t.test("what arrives while lines wait comes after them, the last line without its end too", async (t) => {
  const stream = new PassThrough();
  const { lines, whenRead } = reading(stream);
  stream.write(`${numbers(1_000).join("\n")}\nhalf a `);
  await nextIteration();
  t.ok(lines.length < 1_000, "lines wait");
  // As Node does at the exit of a process.
  stream.resume();
  stream.end("line\nlast");
  await whenRead;
  t.same(lines, [...numbers(1_000), "half a line", "last"]);
});
