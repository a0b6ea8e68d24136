import { LineSplitter } from "../../src/jsonrpc/line-splitter.ts";
import { joinChunks } from "../../src/jsonrpc/chunks.ts";
import * as fc from "fast-check";
import t from "tap";

function split(chunks: readonly Buffer[], maxBytes = 1_000_000): string[] {
  const seen: string[] = [];
  const splitter = new LineSplitter(
    maxBytes,
    (line) => seen.push(joinChunks(line).toString("utf8")),
    () => seen.push("too long"),
  );
  for (const chunk of chunks) splitter.push(chunk);
  return seen;
}

t.test("a line cut at every border is whole again, four-byte characters too", async (t) => {
  const lines = ['{"a":"ü€😀"}', "", "second 😀", "x"];
  const bytes = Buffer.from(`${lines.join("\n")}\n`);
  for (let cut = 0; cut <= bytes.length; cut++) {
    t.same(split([bytes.subarray(0, cut), bytes.subarray(cut)]), lines, `cut at ${cut}`);
  }
  t.same(split([...bytes].map((byte) => Buffer.from([byte]))), lines, "byte by byte");
});

t.test("any chunks give the same lines", async (t) => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" })), fc.array(fc.nat()), (texts, cuts) => {
      const lines = texts.map((text) => Buffer.from(text.replaceAll("\n", "")).toString("utf8"));
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
      const borders = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const chunks = borders.slice(1).map((end, index) => bytes.subarray(borders[index], end));
      return JSON.stringify(split(chunks)) === JSON.stringify(lines);
    }),
  );
  t.pass();
});

t.test("the part after the last line end is held back", async (t) => {
  t.same(split([Buffer.from("one\ntw"), Buffer.from("o")]), ["one"]);
});

t.test("a line that is too long is reported once, without delay, and skipped", async (t) => {
  t.same(split([Buffer.from("12345"), Buffer.from("6"), Buffer.from("7"), Buffer.from("8\nok\n")], 5), [
    "too long",
    "ok",
  ]);
  t.same(split([Buffer.from("123456")], 5), ["too long"]);
  t.same(split([Buffer.from("12345\n123456\nok\n")], 5), ["12345", "too long", "ok"]);
});

t.test("the rest at the end of the stream is a line, unless it is empty or too long", async (t) => {
  const ended = (text: string) => {
    const lines: string[] = [];
    const splitter = new LineSplitter(
      5,
      (line) => lines.push(line.toString()),
      () => undefined,
    );
    splitter.push(Buffer.from(text));
    splitter.end();
    return lines;
  };
  t.same(ended("one\ntwo"), ["one", "two"]);
  t.same(ended("one\n"), ["one"]);
  t.same(ended(""), []);
  t.same(ended("one\ntoo long"), ["one"]);
});
