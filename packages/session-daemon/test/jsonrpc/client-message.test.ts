import t from "tap";
import { parseClientMessage } from "../../src/jsonrpc/client-message.ts";
import { codeOf, faultOf, request } from "../support/parsed-message.ts";

t.test("requests, notifications and responses are distinguished", async (t) => {
  t.equal(parseClientMessage('{"jsonrpc":"2.0","id":1,"method":"ping"}').kind, "request");
  t.equal(parseClientMessage('{"jsonrpc":"2.0","method":"notifications/initialized"}').kind, "notification");
  t.equal(parseClientMessage('{"jsonrpc":"2.0","id":1,"result":{}}').kind, "response");
  t.equal(parseClientMessage('{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":""}}').kind, "response");
});

t.test("the id keeps its type and its digits", async (t) => {
  for (const id of ["1", '"1"', "0", "-7", "9007199254740993", "123456789012345678901234567890", '"ü\\n"']) {
    t.equal(request(`{"jsonrpc":"2.0","id":${id},"method":"ping"}`).idJson, id);
  }
  t.equal(request('{"jsonrpc":"2.0","id":"\\u0061","method":"ping"}').idJson, '"a"');
});

t.test("a body that is not JSON is −32700", async (t) => {
  for (const body of [
    "",
    "{",
    "nope",
    '{"jsonrpc":"2.0",}',
    '{"a":"\n"}',
    "1 2",
    "[".repeat(100),
    "[".repeat(100_000),
    `${'{"a":'.repeat(100_000)}1`,
    `${"[".repeat(100_000)}"${"]".repeat(100_000)}`,
    '"open',
    "\0",
  ]) {
    t.equal(codeOf(body), -32700, JSON.stringify(body.slice(0, 40)));
  }
});

t.test("a body that is not one JSON-RPC message is −32600", async (t) => {
  const bodies = [
    "[]",
    '[{"jsonrpc":"2.0","id":1,"method":"ping"}]',
    "null",
    "1",
    "1.0",
    "9007199254740993",
    '"text"',
    "{}",
    '{"jsonrpc":"2.0"}',
    '{"jsonrpc":"2.0","id":1}',
    '{"jsonrpc":"2.0","result":{}}',
    '{"jsonrpc":"1.0","id":1,"method":"ping"}',
    '{"id":1,"method":"ping"}',
    '{"jsonrpc":"2.0","id":1,"method":7}',
    '{"jsonrpc":"2.0","id":null,"method":"ping"}',
    '{"jsonrpc":"2.0","id":1.5,"method":"ping"}',
    '{"jsonrpc":"2.0","id":1.0,"method":"ping"}',
    '{"jsonrpc":"2.0","id":1e3,"method":"ping"}',
    '{"jsonrpc":"2.0","id":true,"method":"ping"}',
    '{"jsonrpc":"2.0","id":{},"method":"ping"}',
  ];
  for (const body of bodies) t.equal(codeOf(body), -32600, body);
});

t.test("a response has an id, and either a result or an error", async (t) => {
  const good = [
    '"id":1,"result":{}',
    '"id":"a","result":null',
    '"id":9007199254740993,"result":1.0',
    '"id":null,"error":{"code":-1,"message":"m"}',
  ];
  for (const members of good) t.equal(parseClientMessage(`{"jsonrpc":"2.0",${members}}`).kind, "response");
  const bad = [
    '"result":{}',
    '"id":1.5,"result":{}',
    '"id":1.0,"result":{}',
    '"id":{},"result":{}',
    '"id":[1],"result":{}',
    '"id":true,"result":{}',
    '"id":1,"result":{},"error":{"code":-1,"message":"m"}',
    '"id":1,"error":7',
    '"id":1,"error":1.0',
    '"id":1,"error":null',
    '"id":1,"error":[]',
  ];
  for (const members of bad) t.equal(codeOf(`{"jsonrpc":"2.0",${members}}`), -32600, members);
});

t.test("params that are no object are −32602 with the request's id", async (t) => {
  for (const params of ["[]", "1", "1.0", "9007199254740993", '"text"']) {
    t.equal(codeOf(`{"jsonrpc":"2.0","id":1,"method":"ping","params":${params}}`), -32602, params);
  }
  t.equal(faultOf('{"jsonrpc":"2.0","id":"a","method":"ping","params":[]}')?.idJson, '"a"');
});

t.test("a reserved key of the envelope stands once and exactly", async (t) => {
  const bodies = [
    '{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call"}',
    '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}',
    '{"jsonrpc":"2.0","id":1,"method":"ping","\\u006dethod":"tools/call"}',
    '{"jsonrpc":"2.0","id":1,"method":"ping","ID":2}',
    '{"jsonrpc":"2.0","JSONRPC":"2.0","id":1,"method":"ping"}',
    '{"jsonrpc":"2.0","id":1,"method":"ping","params":{},"Params":{"name":"delete_repo"}}',
    '{"jsonrpc":"2.0","id":1,"method":"ping","params":{},"params" :{"name":"delete_repo"}}',
    '{"jsonrpc":"2.0","id":1,"method":"ping","paramſ":{}}',
    '{"jsonrpc":"2.0","id":1,"id":1,"method":"ping"}',
  ];
  for (const body of bodies) t.equal(codeOf(body), -32600, body);
});

t.test("a reserved key of the params stands once and exactly", async (t) => {
  const params = [
    '{"name":"get_issue","Name":"delete_repo"}',
    '{"name":"get_issue","name":"delete_repo"}',
    '{"name":"get_issue","\\u006eame":"delete_repo"}',
    '{"name":"get_issue","arguments":{},"Arguments":{}}',
    '{"name":"get_issue","argumentſ":{}}',
    '{"uri":"a","URI":"b"}',
    '{"_meta":{},"_Meta":{}}',
    '{"_meta":{"progressToken":1,"ProgressToken":2}}',
    '{"_meta":{"progressToken":1,"progressToken":2}}',
    '{"_meta":{"progressTo\\u212aen":2}}',
    '{"name":"get_issue","Task":{"ttl":60000}}',
    '{"name":"get_issue","task":{},"task":{}}',
  ];
  for (const text of params) {
    t.equal(codeOf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${text}}`), -32602, text);
    t.equal(codeOf(`{"params":${text},"method":"tools/call","id":1,"jsonrpc":"2.0"}`), -32602, text);
  }
});

t.test("reserved words elsewhere in a message are accepted", async (t) => {
  const params = {
    name: 'a "name": "Name" and {"method":1}',
    arguments: { name: "x", Name: "y", id: 1, ID: 2, params: { name: 1, Name: 2 }, progressToken: 1 },
    list: [{ name: 1 }, { name: 2 }, { Name: 3 }],
    jsonrpc: "1",
    Method: "x",
  };
  const message = request(
    JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params, extra: { Name: 1 } }),
  );
  t.same(message.params, params);
});

t.test("deep nesting is rejected without a crash, and quickly", async (t) => {
  for (const [open, close] of [
    ["[", "]"],
    ['{"a":', "}"],
  ] as const) {
    const deep = open.repeat(500_000) + "1" + close.repeat(500_000);
    t.equal(codeOf(`{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":${deep}}}`), -32600);
  }
  const fine = "[".repeat(200) + "]".repeat(200);
  t.equal(codeOf(`{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":${fine}}}`), undefined);
});

t.test("the digits of numbers in params are kept", async (t) => {
  const params = '{"a":9007199254740993,"b":1.0,"c":[1e400,-0,0.1,12],"d":"1.50"}';
  const message = request(`{"jsonrpc":"2.0","id":1,"method":"ping","params":${params}}`);
  t.equal(JSON.stringify(message.params), params);
});

t.test("white space of any length between tokens changes nothing", async (t) => {
  const tokens = ["{", '"jsonrpc"', ":", '"2.0"', ",", '"id"', ":", "1", ",", '"method"', ":", '"x"', ","];
  tokens.push('"params"', ":", "{", '"a b"', ":", "[", "1.50", ",", "12345678901234567890", "]", "}", "}");
  const compact = request(tokens.join(""));
  for (const length of [1, 31, 32, 33, 200]) {
    for (const character of [" ", "\n", "\r\n\t"]) {
      t.same(request(tokens.join(character.repeat(length))), compact);
    }
    t.equal(codeOf(tokens.join(" ".repeat(length) + "\u0001")), -32700);
    const twice = [...tokens.slice(0, -1), ",", '"id"', ":", "2", "}"];
    t.equal(codeOf(twice.join(" ".repeat(length))), -32600, "a key that stands twice is found");
  }
});

t.test("no error quotes the body", async (t) => {
  for (const body of [
    "canary",
    '{"canary":1}',
    '{"jsonrpc":"2.0","id":1,"method":"canary","params":["canary"]}',
  ]) {
    const fault = faultOf(body);
    t.ok(fault, body);
    t.notMatch(fault?.message, /canary/);
  }
});

t.test("params that are null are absent", async (t) => {
  t.equal(request('{"jsonrpc":"2.0","id":1,"method":"ping","params":null}').params, undefined);
  t.match(parseClientMessage('{"jsonrpc":"2.0","method":"notifications/initialized","params":null}'), {
    kind: "notification",
    params: undefined,
  });
});

t.test("optional members of params that are null are absent, all else that is null stays", async (t) => {
  const paramsOf = (params: string) =>
    request(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`).params;
  t.strictSame(paramsOf('{"name":"a","arguments":null}'), { name: "a" });
  t.strictSame(paramsOf('{"cursor":null,"_meta":null}'), {});
  t.strictSame(paramsOf('{"name":null,"arguments":{"arguments":null,"cursor":null},"_meta":{"a":null}}'), {
    name: null,
    arguments: { arguments: null, cursor: null },
    _meta: { a: null },
  });
  t.match(
    parseClientMessage('{"jsonrpc":"2.0","method":"notifications/initialized","params":{"_meta":null}}'),
    { kind: "notification", params: {} },
  );
});
