import type { Chunks } from "../../src/jsonrpc/chunks.ts";
import { matchResponse, replaceId } from "../../src/jsonrpc/response-splicer.ts";
import * as fc from "fast-check";
import t from "tap";

function match(text: string | Buffer) {
  const line = Buffer.from(text);
  const found = matchResponse([line]);
  return found === undefined
    ? undefined
    : { id: found.id, isError: found.isError, cut: line.toString("utf8", found.idStart, found.idEnd) };
}

const spliced = (line: Chunks, idJson: string) => {
  const found = matchResponse(line);
  return found === undefined ? undefined : Buffer.concat(replaceId(found, idJson)).toString();
};

t.test("a response with its id at either end is recognised", async (t) => {
  t.same(match('{"jsonrpc":"2.0","id":12,"result":{}}'), { id: 12, isError: false, cut: "12" });
  t.same(match('{"jsonrpc":"2.0","id":12,"error":{"code":1}}'), { id: 12, isError: true, cut: "12" });
  t.same(match('{"result":{},"jsonrpc":"2.0","id":7}'), { id: 7, isError: false, cut: "7" });
  t.same(match('{"error":{"code":1},"jsonrpc":"2.0","id":7}'), { id: 7, isError: true, cut: "7" });
});

t.test("the content of a result is not mistaken for its ends", async (t) => {
  const inner = '{"jsonrpc":"2.0","id":7}';
  t.equal(match(`{"jsonrpc":"2.0","id":1,"result":${inner}}`)?.id, 1);
  t.equal(match(`{"jsonrpc":"2.0","id":1,"result":{"a":[${inner}]}}`)?.id, 1);
  t.equal(match(`{"result":${inner},"jsonrpc":"2.0","id":1}`)?.id, 1);
  t.equal(match(`{"result":{"jsonrpc":"2.0","id":7,"result":{}},"jsonrpc":"2.0","id":1}`)?.id, 1);
  t.equal(match(`{"jsonrpc":"2.0","id":1,"result":{"text":${JSON.stringify(inner)}}}`)?.id, 1);
  t.equal(match(`{"result":{"text":${JSON.stringify(`,${inner.slice(1)}`)}}}`), undefined);
});

t.test("any other line is left to the parser", async (t) => {
  const lines = [
    "",
    "}",
    "{}",
    "null",
    "garbage",
    '{"jsonrpc":"2.0","id":1,"method":"ping"}',
    '{"method":"ping","jsonrpc":"2.0","id":1}',
    '{"params":{},"jsonrpc":"2.0","id":1}',
    '{"jsonrpc":"2.0","method":"notifications/progress","params":{}}',
    '{"jsonrpc":"2.0","id":null,"error":{}}',
    '{"jsonrpc":"2.0","id":"1","result":{}}',
    '{"jsonrpc":"2.0","id":1.5,"result":{}}',
    '{"jsonrpc":"2.0","id":-1,"result":{}}',
    '{"jsonrpc":"2.0","id":01,"result":{}}',
    '{"jsonrpc":"2.0","id":0,"result":{}}',
    '{"jsonrpc":"2.0","id":1234567890123456,"result":{}}',
    '{"jsonrpc":"2.0","id":,"result":{}}',
    '{"jsonrpc":"2.0","id":1,"result":[]',
    '{"jsonrpc":"2.0", "id":1,"result":{}}',
    '{"id":1,"jsonrpc":"2.0","result":{}}',
    '{"jsonrpc":"2.0","id":1,"result":{}} ',
    '{"jsonrpc":"2.0","id":1,"result":{}}\r',
    '{"jsonrpc":"2.0","id":1,"result":{"a":"a\rb"}}',
    '{"jsonrpc":"2.0","id":1,"result":null}',
    '{"jsonrpc":"2.0","id":1,"error":null,"result":{}}',
    '{"jsonrpc":"2.0","id":1,"result":null,"error":{}}',
    '{"jsonrpc":"2.0","id":1,"result":{},"error":null}',
    '{"jsonrpc":"2.0","id":1,"error":{},"result":null}',
    '{"error":null,"result":{},"jsonrpc":"2.0","id":1}',
    '{"result":null,"error":{},"jsonrpc":"2.0","id":1}',
    '{"result":{},"error":null,"jsonrpc":"2.0","id":1}',
    '{"result":null,"jsonrpc":"2.0","id":1}',
    '{"result":{},"jsonrpc":"2.0","id":1 }',
    '{"result":{},"jsonrpc":"2.0","id":"1"}',
    '{"jsonrpc":"2.0","id":1,"result":{}}{"jsonrpc":"2.0","id":2,"result":{}}',
    '{"jsonrpc":"2.0","id":1,"result":{}}{"jsonrpc":"2.0","method":"notifications/message"}',
    '{"jsonrpc":"2.0","id":1,"result":{}}{"method":"notifications/message","jsonrpc":"2.0"}',
    '{"result":{},"jsonrpc":"2.0","id":1}{"result":{},"jsonrpc":"2.0","id":2}',
    '{"result":{},"jsonrpc":"2.0","id":1}{"error":{"code":1},"jsonrpc":"2.0","id":2}',
  ];
  for (const line of lines) t.equal(match(line), undefined, JSON.stringify(line));
});

t.test("a second message is found wherever the line is cut into chunks, and only there", async (t) => {
  const content = `{"text":"${"x".repeat(80)}}{","jsonrpc":"2.0"}`;
  for (const response of [
    (id: number) => `{"jsonrpc":"2.0","id":${id},"result":${content}}`,
    (id: number) => `{"result":${content},"jsonrpc":"2.0","id":${id}}`,
  ]) {
    const [one, two] = [Buffer.from(response(1)), Buffer.from(response(1) + response(2))];
    for (let cut = 1; cut < one.length; cut++)
      t.equal(matchResponse([one.subarray(0, cut), one.subarray(cut)])?.id, 1, `one, ${cut}`);
    for (let cut = 1; cut < two.length; cut++)
      t.equal(matchResponse([two.subarray(0, cut), two.subarray(cut)]), undefined, `two, ${cut}`);
  }
});

t.test("invalid UTF-8 is left to the parser", async (t) => {
  const line = Buffer.from('{"jsonrpc":"2.0","id":1,"result":{"a":"😀"}}');
  t.ok(match(line));
  for (let at = line.length - 7; at < line.length - 3; at++) {
    const broken = Buffer.concat([line.subarray(0, at), line.subarray(at + 1)]);
    t.equal(match(broken), undefined);
  }
});

t.test("with any JSON inside, the id that is found is the message's own", async (t) => {
  const inner = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(
      { jsonrpc: "2.0", id: 7 },
      { result: { jsonrpc: "2.0", id: 7 } },
      '","jsonrpc":"2.0","id":7}',
    ),
  );
  fc.assert(
    fc.property(
      inner,
      fc.integer({ min: 1, max: 1e9 }),
      fc.boolean(),
      fc.boolean(),
      (value, id, first, fails) => {
        const body = fails ? { error: { value } } : { result: { value } };
        const message = first ? { jsonrpc: "2.0", id, ...body } : { ...body, jsonrpc: "2.0", id };
        const line = Buffer.from(JSON.stringify(message));
        const found = matchResponse([line]);
        if (found === undefined || found.id !== id || found.isError !== fails) return false;
        const mine = JSON.parse(spliced([line], '"mine"') ?? "null") as unknown;
        return JSON.stringify(mine) === JSON.stringify({ ...message, id: "mine" });
      },
    ),
  );
  t.pass();
});

t.test(
  "a line in chunks is matched and spliced as the whole line is, wherever the borders fall",
  async (t) => {
    const text = fc.string({ unit: fc.constantFrom("a", "ü", "€", "😀", '"', "}", "7") });
    const valid = fc.tuple(text, fc.nat({ max: 200 }), fc.boolean()).map(([text, length, first]) => {
      const result = { text: text + "x".repeat(length) };
      return Buffer.from(
        JSON.stringify(first ? { jsonrpc: "2.0", id: 12, result } : { result, jsonrpc: "2.0", id: 12 }),
      );
    });
    const broken = fc.tuple(valid, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([line, at, byte]) => {
      const changed = Buffer.from(line);
      changed[at % line.length] = byte;
      return changed;
    });
    fc.assert(
      fc.property(fc.oneof(valid, broken), fc.array(fc.nat(), { maxLength: 6 }), (line, cuts) => {
        const borders = [0, ...cuts.map((cut) => cut % line.length).sort((a, b) => a - b), line.length];
        const [first = line, ...rest] = borders
          .slice(1)
          .map((end, i) => line.subarray(borders[i], end))
          .filter((piece) => piece.length > 0);
        return spliced([first, ...rest], '"mine"') === spliced([line], '"mine"');
      }),
      { numRuns: 5_000 },
    );
    t.pass();
  },
);
