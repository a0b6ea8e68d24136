import { parseChildMessages } from "../../src/jsonrpc/child-message.ts";
import t from "tap";

/** The only message of the line. */
function parseLine(line: Buffer) {
  const messages = parseChildMessages(line);
  t.equal(messages.length, 1);
  return messages[0];
}
const parse = (text: string) => parseLine(Buffer.from(text));

t.test("responses in any notation are parsed, with their numbers' digits", async (t) => {
  t.same(parse(' { "id" : 3 , "result" : {"n":9007199254740993,"f":1.0} , "jsonrpc":"2.0" }\r'), {
    kind: "response",
    id: 3,
    isError: false,
    member: '{"n":9007199254740993,"f":1.0}',
  });
  t.match(parse('{"jsonrpc":"2.0","id":3,"error":{"code":-32603,"message":"no"}}'), {
    kind: "response",
    isError: true,
  });
});

t.test("a response is recognised whatever its id, version and other members look like", async (t) => {
  const result = { kind: "response", id: 7, isError: false, member: "{}" };
  const error = { kind: "response", id: 7, isError: true };
  for (const line of [
    '{"jsonrpc":"2.0","id":"7","result":{}}',
    '{"jsonrpc":"2.0","id":7.0,"result":{}}',
    '{"jsonrpc":"2.0","id":7e0,"result":{}}',
    '{"id":7,"result":{}}',
    '{"jsonrpc":"1.0","id":7,"result":{}}',
    '{"jsonrpc":2.0,"id":7,"result":{}}',
    '{"id":7,"result":{},"error":null}',
    '{"jsonrpc":"2.0","extra":[1],"id":7,"result":{},"more":1.0}',
    '{"jsonrpc":"2.0","id":7,"method":"tools/call","result":{}}',
    '\uFEFF{"jsonrpc":"2.0","id":7,"result":{}}',
    '\r{"jsonrpc":"2.0","id":7,"result":{}}',
    '[{"jsonrpc":"2.0","id":7,"result":{}}]',
  ]) {
    t.same(parse(line), result, line);
  }
  for (const line of [
    '{"id":7,"result":null,"error":{"code":1,"message":"m"}}',
    '{"jsonrpc":"2.0","id":"7","result":{},"error":{"code":1,"message":"m"}}',
    '{"jsonrpc":"2.0","id":7.0,"error":"text"}',
    '{"jsonrpc":"2.0","id":7}',
  ]) {
    const parsed = parse(line);
    t.match(parsed, error, line);
    t.match(JSON.parse((parsed as { member: string }).member), { code: Number, message: String }, line);
  }
  for (const id of ["7.5", "true", "{}", "[7]", '"a"', '" 7"', '"07"', '"7.0"', '""', "1e300"]) {
    t.equal(parse(`{"jsonrpc":"2.0","id":${id},"result":{}}`), undefined, id);
  }
});

t.test("a batch is its messages, in their order", async (t) => {
  const result = (id: number) => `{"jsonrpc":"2.0","id":${id},"result":{}}`;
  const batch = `[${result(7)},{"jsonrpc":"2.0","method":"notifications/message"},5,${result(8)}]`;
  t.match(parseChildMessages(Buffer.from(batch)), [
    { kind: "response", id: 7 },
    { kind: "notification" },
    undefined,
    { kind: "response", id: 8 },
  ]);
  t.same(parseChildMessages(Buffer.from("[]")), [undefined]);
  const many = (count: number) =>
    Buffer.from(`[${Array.from({ length: count }, () => result(7)).join(",")}]`);
  t.equal(parseChildMessages(many(128)).length, 128);
  t.same(parseChildMessages(many(129)), [{ kind: "too_costly" }]);
});

t.test("messages without a line end between them are each parsed", async (t) => {
  const notification = '{"method":"notifications/message","jsonrpc":"2.0"}';
  for (const response of [
    (id: number) => `{"jsonrpc":"2.0","id":${id},"result":{"text":"}{","jsonrpc":1}}`,
    (id: number) => `{"result":{"text":"}{\\"jsonrpc\\""},"jsonrpc":"2.0","id":${id}}`,
    (id: number) => `{"error":{"code":1,"message":"m"},"jsonrpc":"2.0","id":${id}}`,
    (id: number) => `{"id":${id},"jsonrpc":"2.0","result":{}}`,
  ]) {
    t.match(parseChildMessages(Buffer.from(`${response(7)}${notification}${response(8)}`)), [
      { kind: "response", id: 7 },
      { kind: "notification" },
      { kind: "response", id: 8 },
    ]);
    t.match(parseChildMessages(Buffer.from(`${response(7)}{"jsonrpc":}${response(8)}`)), [
      { kind: "response", id: 7 },
      undefined,
      { kind: "response", id: 8 },
    ]);
    const many = (count: number) => Buffer.from(response(7).repeat(count));
    t.equal(parseChildMessages(many(128)).length, 128);
    t.same(parseChildMessages(many(129)), [{ kind: "too_costly" }]);
  }
});

t.test("the child's own requests and notifications are parsed", async (t) => {
  t.same(parse('{"method":"ping","jsonrpc":"2.0","id":1}'), {
    kind: "request",
    idJson: "1",
    method: "ping",
    params: {},
  });
  t.match(parse('{"jsonrpc":"2.0","id":9007199254740993,"method":"x"}'), { idJson: "9007199254740993" });
  t.match(parse('{"jsonrpc":"2.0","id":"a","method":"x"}'), { idJson: '"a"' });
  t.same(parse('{"jsonrpc":"2.0","method":"x","params":{"a":1}}'), {
    kind: "notification",
    method: "x",
    params: { a: 1 },
  });
  for (const params of ["1", "1.0", "9007199254740993", "[1]", "null"]) {
    const parsed = parse(`{"jsonrpc":"2.0","method":"x","params":${params}}`);
    t.same(parsed, { kind: "notification", method: "x", params: {} }, params);
  }
  t.match(parse('{"jsonrpc":"2.0","method":"x"}'), { kind: "notification", params: {} });
});

t.test("an error without an id is a lost request", async (t) => {
  t.same(parse('{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"panic"}}'), { kind: "lost" });
});

t.test("a response with the id of a stream of notifications is its end", async (t) => {
  const end = { kind: "stream_end", id: "listen-2" };
  t.same(parse('{"jsonrpc":"2.0","id":"listen-2","result":{}}'), { ...end, error: undefined });
  const error = '{"code":-32602,"message":"no"}';
  t.same(parse(`{"jsonrpc":"2.0","id":"listen-2","error":${error}}`), { ...end, error });
  t.equal(parse('{"jsonrpc":"2.0","id":"listen-x","result":{}}'), undefined);
});

t.test("a line that is no message is undefined", async (t) => {
  for (const line of [
    "garbage",
    "[]",
    "1",
    "1.0",
    "null",
    "{}",
    '{"id":1,"method":"ping"}',
    '{"result":',
    "[".repeat(100_000),
  ]) {
    t.equal(parse(line), undefined, line.slice(0, 20));
  }
});

t.test("invalid UTF-8 is replaced", async (t) => {
  const line = Buffer.concat([
    Buffer.from('{"jsonrpc":"2.0","id":1,"result":"'),
    Buffer.from([0xff]),
    Buffer.from('"}'),
  ]);
  t.match(parseLine(line), { member: '"\uFFFD"' });
});

t.test("digits are kept up to a limit; a line with more such numbers is parsed without", async (t) => {
  const line = (count: number) =>
    Buffer.from(` {"jsonrpc":"2.0","id":7,"result":[${Array(count).fill("1.0").join(",")}]}`);
  t.match(parseLine(line(2)), { member: "[1.0,1.0]" });
  const many = parseLine(line(100_000));
  t.ok(many?.kind === "response" && many.member.startsWith("[1,1,"));
});

t.test(
  "the digits are not kept in a line with very many values, where that would take a second",
  async (t) => {
    const parsed = parse(` {"jsonrpc":"2.0","id":7,"result":[${"1,".repeat(2_000_000)}1.0]}`);
    t.ok(parsed?.kind === "response" && parsed.member.endsWith(",1,1]"));
  },
);
