import t from "tap";
import { codeOf, faultOf, request } from "../support/parsed-message.ts";

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
    list(1_800, (i) => `"k${i}":1`),
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
  t.equal(codeOf(padded(`"a":{${list(3_500, (i) => `"k${i}":1`)}}`)), undefined);
  t.equal(codeOf(padded(`"a":[${list(7_000, (i) => `{"index":${i},"title":"t"}`)}]`)), undefined);
});

t.test("accepts large messages with few values", async (t) => {
  const text = 'line of a file \\n\\t\\"'.repeat(150_000);
  t.equal(request(padded(`"text":"${text}"`)).params?.text, JSON.parse(`"${text}"`));
  t.equal(codeOf(padded(`"a":[${list(30_000, (i) => `${i}`)}]`)), undefined);
  t.equal(codeOf(padded(`"a":[${list(30_000, (i) => `"${i}"`)}]`)), undefined);
  t.equal(codeOf(padded(`"a"${" ".repeat(3_000_000)}:1`)), undefined);
});

t.test("limits orders of few keys, long keys, and keys that look like reserved ones", async (t) => {
  const order = (i: number) =>
    [...Array(8).keys()].toSorted((a, b) => (((a + 1) * i) % 8.7) - (((b + 1) * i) % 8.7));
  const bodies: Record<string, string> = {
    "orders of few keys": `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":[${list(
      3_000,
      (i) =>
        `{${order(i)
          .map((key) => `"k${key}":1`)
          .join(",")}}`,
    )}]}}`,
    "long keys": `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":[${list(2_000, () => `{"${"k".repeat(1_000)}":1}`)}]}}`,
    "keys of a reserved length": `{"jsonrpc":"2.0","id":1,${list(20_000, () => '"aaaaaa":1')}}`,
    "keys without values": `{${'"aaaaaa":'.repeat(400_000)}`,
    "empty strings": '"'.repeat(4_000_000),
  };
  for (const [name, body] of Object.entries(bodies)) t.match(faultOf(body), tooCostly, name);
});

t.test("finds the ends of strings among characters whose bytes are those of a quote", async (t) => {
  for (const character of ["\u0122", "\u2222", "\u2200", "é", "😀"]) {
    const text = `${character.repeat(3_000)}\\"${character}\\\\`;
    t.equal(request(padded(`"a":"${text}","b":{"c":"${character}"}`)).params?.a, JSON.parse(`"${text}"`));
  }
});

t.test("limits the length of an id", async (t) => {
  const body = (id: string) => `{"jsonrpc":"2.0","id":${id},"method":"ping"}`;
  t.equal(request(body(`"${"i".repeat(1_000)}"`)).idJson.length, 1_002);
  t.match(faultOf(body(`"${"i".repeat(1_001)}"`)), { code: -32600, message: /longer than 1000 characters/ });
  t.match(faultOf(body(`[${'"\\u0001",'.repeat(10_000)}1]`)), {
    code: -32600,
    message: /neither a string nor/,
  });
});
