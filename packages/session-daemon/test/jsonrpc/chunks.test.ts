import { isUtf8 } from "node:buffer";
import { chunksAreUtf8, chunksInclude, type Chunks } from "../../src/jsonrpc/chunks.ts";
import * as fc from "fast-check";
import t from "tap";

const character = fc.constantFrom("a", "b", "ü", "€", "😀");
/** Few different bytes, so that matches, and characters that are cut or broken, are frequent. */
const whole = fc.oneof(
  fc.string({ unit: character, minLength: 1, maxLength: 12 }).map((text) => Buffer.from(text)),
  fc
    .array(fc.constantFrom(...Buffer.from("abü€😀")), { minLength: 1, maxLength: 12 })
    .map((all) => Buffer.from(all)),
);
const cuts = fc.array(fc.nat(), { maxLength: 5 });

function cut(whole: Buffer, cuts: readonly number[]): Chunks {
  const borders = cuts.map((cut) => cut % whole.length).sort((a, b) => a - b);
  const rest = borders.map((border, i) => whole.subarray(border, borders[i + 1]));
  return [whole.subarray(0, borders[0]), ...rest];
}

t.test("chunks are UTF-8 when the whole is", async (t) => {
  fc.assert(
    fc.property(whole, cuts, (whole, cuts) => chunksAreUtf8(cut(whole, cuts)) === isUtf8(whole)),
    { numRuns: 20_000 },
  );
  t.pass();
});

t.test("chunks include what the whole includes", async (t) => {
  const needle = fc
    .array(fc.constantFrom(...Buffer.from("abü€")), { minLength: 1, maxLength: 5 })
    .map((all) => Buffer.from(all));
  fc.assert(
    fc.property(
      whole,
      cuts,
      needle,
      (whole, cuts, needle) => chunksInclude(cut(whole, cuts), needle) === whole.includes(needle),
    ),
    { numRuns: 20_000 },
  );
  t.pass();
});
