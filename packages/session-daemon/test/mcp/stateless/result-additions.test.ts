import t from "tap";
import { findMember } from "../../../src/jsonrpc/response-member.ts";
import { ResultAdditions } from "../../../src/mcp/stateless/result-additions.ts";

const serverInfo = { name: "s", version: "1" };
const cacheable = new ResultAdditions(true, JSON.stringify(serverInfo));
const other = new ResultAdditions(false, JSON.stringify(serverInfo));
const meta = { "io.modelcontextprotocol/serverInfo": serverInfo };

/** The text after the additions, for a response cut in chunks of every length. */
function textsOf(additions: ResultAdditions, response: string, idJson = "1"): string[] {
  const bytes = Buffer.from(response);
  const texts = new Set<string>();
  for (let length = 1; length <= bytes.length; length++) {
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += length) chunks.push(bytes.subarray(at, at + length));
    const member = findMember(chunks, idJson);
    texts.add(String(Buffer.concat(member === undefined ? chunks : additions.addTo(chunks, member))));
  }
  return [...texts];
}

function resultOf(additions: ResultAdditions, result: string): unknown {
  const idFirst = textsOf(additions, `{"jsonrpc":"2.0","id":1,"result":${result}}`);
  const idLast = textsOf(additions, `{"result":${result},"jsonrpc":"2.0","id":1}`);
  if (idFirst.length !== 1 || idLast.length !== 1) throw new Error("the chunks matter");
  const [one, two] = [idFirst[0]!, idLast[0]!].map(
    (text) => JSON.parse(text) as { id: unknown; result: unknown },
  );
  t.strictSame(one, two);
  return one!.result;
}

t.test("missing members are added", async (t) => {
  const added = { resultType: "complete", _meta: meta };
  for (const [result, expected] of [
    ["{}", {}],
    ["{ }", {}],
    [' \t{"a":1}', { a: 1 }],
    ['{ "a": {"resultType":"x"} }', { a: { resultType: "x" } }],
    ['{"a":["_meta","}"],"b":"\\"_meta\\":{"}', { a: ["_meta", "}"], b: '"_meta":{' }],
    ['{"ä":"ö€𝄞"}', { ä: "ö€𝄞" }],
  ] as const) {
    t.strictSame(resultOf(other, result), { ...added, ...expected }, result);
    t.strictSame(
      resultOf(cacheable, result),
      { ...added, ttlMs: 0, cacheScope: "private", ...expected },
      result,
    );
  }
});

t.test("members that are there stay, once", async (t) => {
  t.strictSame(resultOf(other, '{"_meta":{"x":1},"resultType":"complete","ttlMs":-1}'), {
    _meta: { ...meta, x: 1 },
    resultType: "complete",
    ttlMs: -1,
  });
  t.strictSame(resultOf(other, '{"_meta":{}}'), { resultType: "complete", _meta: meta });
  t.strictSame(resultOf(other, '{"_meta":null}'), { resultType: "complete", _meta: null });
  const own = '{"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"own"}}}';
  t.match(resultOf(other, own), { _meta: { "io.modelcontextprotocol/serverInfo": { name: "own" } } });
});

t.test("hints that would let others use a result are replaced", async (t) => {
  for (const [ttlMs, expected] of [
    ["-1", 0],
    ['"x"', 0],
    ["1.5", 0],
    ["60000", 60000],
  ] as const) {
    const result = resultOf(cacheable, `{"ttlMs" : ${ttlMs} ,"cacheScope": "public"}`);
    t.match(result, { ttlMs: expected, cacheScope: "private" });
  }
});

t.test("a result that asks for input has no hints", async (t) => {
  const result = resultOf(cacheable, '{"resultType":"input_required","requestState":"x"}');
  t.strictSame(result, { _meta: meta, resultType: "input_required", requestState: "x" });
});

t.test("digits and unknown members keep their bytes", async (t) => {
  const inner = '"a":1.0,"b":12345678901234567890, "c":{"_meta" : 1e400}';
  const [text] = textsOf(other, `{"jsonrpc":"2.0","id":"\u00e4","result":{${inner}}}`, '"\u00e4"');
  t.ok(text!.includes(inner));
});

t.test("a result that is no object stays", async (t) => {
  for (const result of ["null", "[1]", '"_meta"']) {
    const response = `{"jsonrpc":"2.0","id":1,"result":${result}}`;
    t.strictSame(textsOf(cacheable, response), [response]);
  }
});
