import { parseClientMessage } from "../../src/jsonrpc/client-message.ts";
import { InvalidMessageError } from "../../src/jsonrpc/invalid-message-error.ts";
import t from "tap";

function faultOf(body: string): InvalidMessageError | undefined {
  try {
    parseClientMessage(body);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidMessageError) return error;
    throw error;
  }
}

const codeOf = (body: string) => faultOf(body)?.code;

const request = (text: string) => {
  const message = parseClientMessage(text);
  if (message.kind !== "request") throw new Error(`a ${message.kind}`);
  return message.request;
};

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
    t.notMatch(faultOf(body)?.message, /canary/);
  }
});

const tooCostly = {
  code: -32600,
  message: /too many values, different keys, escaped quotes or numbers in unusual notation, such as 1\.0/,
  idJson: "null",
};

t.test("limits numbers in unusual notation, and values beside one", async (t) => {
  const body = (values: string) => `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":[${values}]}}`;
  const repeated = (value: string, count: number) => Array(count).fill(value).join(",");
  t.equal(codeOf(body(repeated("1.0", 1_500))), undefined);
  t.match(faultOf(body(repeated("1.0", 3_000))), tooCostly);
  for (const value of ["1", "true", '""', "[]", '{"a":1}']) {
    t.equal(codeOf(body(`1.0,${repeated(value, 3_000)}`)), undefined, value);
    t.match(faultOf(body(`1.0,${repeated(value, 10_000)}`)), tooCostly, value);
    t.match(faultOf(body(`${repeated(value, 10_000)},1.0`)), tooCostly, `${value} before it`);
  }
});

/** A message with these params, made as long as the largest that is accepted. */
function padded(params: string): string {
  const body = (pad: string) =>
    `{"jsonrpc":"2.0","id":1,"method":"ping","params":{${params},"pad":"${pad}"}}`;
  return body("x".repeat(4 * 1024 * 1024 - body("").length));
}

const list = (count: number, value: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => value(i)).join(",");

t.test("limits values before the message is parsed, whatever they are", async (t) => {
  const values: Record<string, (index: number) => string> = {
    objects: () => "{}",
    arrays: () => "[]",
    numbers: (i) => `${i}`,
    fractions: (i) => `0.5${i}`,
    literals: () => "null",
    strings: (i) => `"${i}"`,
    "empty strings": () => '""',
    "nested arrays": () => "[".repeat(200) + "]".repeat(200),
    "objects with one key": () => '{"a":1}',
    "values between white space": () => "   1   ",
  };
  for (const [name, value] of Object.entries(values)) {
    const body = `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":[${list(200_000, value)}]}}`;
    t.match(faultOf(body), tooCostly, name);
    t.match(faultOf(body.slice(0, -2)), tooCostly, `${name}: the rest is not read`);
    t.equal(codeOf(padded(`"a":[${list(100, value)}]`)), undefined, name);
  }
});

t.test("counts a number of many digits as several values", async (t) => {
  const body = (count: number) =>
    `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":[${list(count, (i) => `${(i + 1) / 7e5}`)}]}}`;
  t.equal(codeOf(body(7_000)), undefined);
  t.match(faultOf(body(15_000)), tooCostly);
});

t.test("limits the digits of one number", async (t) => {
  const body = (number: string) => `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":${number}}}`;
  for (const start of ["", "-", "0.", "1e"]) {
    t.equal(codeOf(body(`${start}${"9".repeat(990)}`)), undefined, `${start}9…`);
    t.match(faultOf(body(`${start}${"9".repeat(4_000_000)}`)), tooCostly, `${start}9…`);
  }
  t.match(faultOf(body(`[${list(2_000, () => "9".repeat(1_000))}]`)), tooCostly);
});

t.test("limits escaped quotes and backslashes", async (t) => {
  const escapes: Record<string, string> = {
    quotes: '\\"',
    "quotes and backslashes": '\\\\\\"',
    "backslashes before the closing quote": "\\\\",
  };
  for (const [name, escape] of Object.entries(escapes)) {
    t.match(faultOf(padded(`"a":"${escape.repeat(4_000_000 / escape.length)}"`)), tooCostly, name);
    t.equal(codeOf(padded(`"a":"${escape.repeat(250_000)}"`)), undefined, name);
    const strings = list(2_000, () => `"${escape.repeat(500)}"`);
    t.match(faultOf(`{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":[${strings}]}}`), tooCostly, name);
  }
});

t.test("limits the sum of what is costly", async (t) => {
  const half = [
    list(2_500, (i) => `"k${i}":1`),
    `"values":[${list(20_000, (i) => `${i}`)}]`,
    `"fractions":[${list(5_000, (i) => `${i}.5`)}]`,
    `"text":"${'\\"'.repeat(350_000)}"`,
  ];
  for (const [i, params] of half.entries()) {
    t.equal(codeOf(padded(params)), undefined, params.slice(0, 20));
    for (const other of half.slice(i + 1)) t.match(faultOf(padded(`${params},${other}`)), tooCostly);
  }
});

t.test("limits different keys, in one object and in many, and lets the same ones repeat", async (t) => {
  const objects: Record<string, string> = {
    "one object": `"a":{${list(20_000, (i) => `"k${i}":1`)}}`,
    "the params": list(20_000, (i) => `"k${i}":1`),
    "many objects": `"a":[${list(20_000, (i) => `{"k${i}":1}`)}]`,
    "keys that are numbers": `"a":{${list(20_000, (i) => `"${i * 1000}":1`)}}`,
    "escaped keys": `"a":{${list(20_000, (i) => `"\\u006b${i}":1`)}}`,
    "white space before the colon": `"a":{${list(20_000, (i) => `"k${i}" \n :1`)}}`,
    "few keys in different orders": `"a":[${list(1_000, (i) => `{${list(40, (j) => `"k${(i * j * 7_919) % 4_999}":1`)}}`)}]`,
  };
  for (const [name, params] of Object.entries(objects)) {
    const body = `{"jsonrpc":"2.0","id":1,"method":"ping","params":{${params}}}`;
    t.match(faultOf(body), tooCostly, name);
  }
  t.equal(codeOf(padded(`"a":{${list(4_000, (i) => `"k${i}":1`)}}`)), undefined);
  t.equal(codeOf(padded(`"a":[${list(10_000, (i) => `{"index":${i},"title":"t"}`)}]`)), undefined);
});

t.test("accepts large messages with few values", async (t) => {
  const text = 'line of a file \\n\\t\\"'.repeat(150_000);
  t.equal(request(padded(`"text":"${text}"`)).params?.text, JSON.parse(`"${text}"`));
  t.equal(codeOf(padded(`"a":[${list(30_000, (i) => `${i}`)}]`)), undefined);
  t.equal(codeOf(padded(`"a":[${list(30_000, (i) => `"${i}"`)}]`)), undefined);
  t.equal(codeOf(padded(`"a"${" ".repeat(3_000_000)}:1`)), undefined);
});

t.test("params that are null are absent", async (t) => {
  t.equal(request('{"jsonrpc":"2.0","id":1,"method":"ping","params":null}').params, undefined);
  t.match(parseClientMessage('{"jsonrpc":"2.0","method":"notifications/initialized","params":null}'), {
    kind: "notification",
    params: undefined,
  });
  const call = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":null}}';
  t.strictSame(request(call).params, { name: "a", arguments: null });
});
