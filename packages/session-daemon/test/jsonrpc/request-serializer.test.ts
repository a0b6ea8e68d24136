import { serializeRequest } from "../../src/jsonrpc/request-serializer.ts";
import { parseClientMessage } from "../../src/jsonrpc/client-message.ts";
import * as fc from "fast-check";
import t from "tap";

function rebuilt(body: string): string {
  const message = parseClientMessage(body);
  if (message.kind !== "request") throw new Error("no request");
  return serializeRequest(7, message.request.method, message.request.params);
}

t.test("the line is the broker's own, whatever the body looked like", async (t) => {
  const body = `{ "params" : {"name":"get_issue",
    "arguments":{"text":"line\\r\\nend \u2028 😀","n":12345678901234567890,"f":1.0}}, "extra":{"method":"x"},
    "method":"tools/call", "id":"client's" , "jsonrpc":"2.0"}\r\n`;
  t.equal(
    rebuilt(body),
    '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"get_issue","arguments":{"text":"line\\r\\nend \u2028 😀","n":12345678901234567890,"f":1.0}}}',
  );
  t.equal(
    rebuilt('{"jsonrpc":"2.0","id":1,"method":"pi\\nng"}'),
    '{"jsonrpc":"2.0","id":7,"method":"pi\\nng"}',
  );
});

t.test("a message on an inner line of a pretty-printed body stays a part of a string", async (t) => {
  const inner = '{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"delete_repo"}}';
  const body = `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":\n${inner}\n}}`;
  t.notMatch(rebuilt(body), /[\r\n]/);
});

t.test("any request survives, on one line", async (t) => {
  const params = fc.dictionary(
    fc.string().filter((key) => !/^(name|arguments|uri|_meta|cursor)$/i.test(key)),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), params, fc.nat(4), (method, value, indent) => {
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: value }, null, indent);
      const line = rebuilt(body);
      const expected = {
        jsonrpc: "2.0",
        id: 7,
        method,
        params: JSON.parse(JSON.stringify(value)) as unknown,
      };
      return !/[\r\n]/.test(line) && JSON.stringify(JSON.parse(line)) === JSON.stringify(expected);
    }),
  );
  t.pass();
});

t.test("any text is a message or is rejected", async (t) => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.string().map((key) => `{"jsonrpc":"2.0","id":1,"method":"${key}"}`),
  );
  fc.assert(
    fc.property(text, (body) => {
      try {
        parseClientMessage(body);
      } catch (error) {
        return (error as { name: string }).name === "InvalidMessageError";
      }
      return true;
    }),
  );
  t.pass();
});
