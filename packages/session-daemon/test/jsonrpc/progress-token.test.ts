import {
  matchProgress,
  progressNotification,
  progressTokenJson,
  withProgressToken,
} from "../../src/jsonrpc/progress-token.ts";
import { parseClientMessage } from "../../src/jsonrpc/client-message.ts";
import t from "tap";

const params = (token: string) => {
  const message = parseClientMessage(
    `{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":1,"_meta":{"progressToken":${token},"other":2}}}`,
  );
  return message.kind === "request" ? message.request.params : undefined;
};

t.test("a token is replaced towards the child and restored as the client's exact JSON", async (t) => {
  for (const token of ["1", '"1"', "9007199254740993", '"ü\\n"', "0"]) {
    const text = progressTokenJson(params(token));
    t.equal(text, token);
    t.same(withProgressToken(params(token), 5), { a: 1, _meta: { progressToken: 5, other: 2 } });
    t.equal(
      progressNotification({ progressToken: 5, progress: 0.5 }, token),
      `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${token},"progress":0.5}}`,
    );
  }
  t.equal(
    progressNotification({ progressToken: 5 }, "1"),
    '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1}}',
  );
});

t.test("an invalid token is not restored, and never reaches the child", async (t) => {
  for (const token of ["null", "{}", "[1]", "true"]) {
    t.equal(progressTokenJson(params(token)), undefined);
    t.same(withProgressToken(params(token), 5), { a: 1, _meta: { progressToken: 5, other: 2 } });
  }
});

t.test("params without a token stay as they are", async (t) => {
  for (const one of [undefined, {}, { _meta: {} }, { _meta: null }, { _meta: "text" }]) {
    t.equal(withProgressToken(one, 5), one);
    t.equal(progressTokenJson(one), undefined);
  }
});

t.test("recognises progress as children write it, and keeps its other bytes", async (t) => {
  const method = '"method":"notifications/progress"';
  for (const params of [
    '"progressToken":7',
    '"progressToken":7,"progress":1.50,"total":12345678901234567890',
    '"message":"a, b","progress":1,"progressToken":7,"total":2',
    '"progress":1,"total":2,"progressToken":123456789012345',
    '"message":"progressToken","progressToken":7',
  ]) {
    for (const line of [
      `{"jsonrpc":"2.0",${method},"params":{${params}}}`,
      `{${method},"params":{${params}},"jsonrpc":"2.0"}`,
    ]) {
      const matched = matchProgress([Buffer.from(line)]);
      t.equal(matched?.token, JSON.parse(line).params.progressToken, line);
      t.equal(
        `${matched?.before}"mine"${matched?.after}`,
        line.replace(/"progressToken":\d+/, '"progressToken":"mine"'),
      );
    }
  }
});

t.test("leaves progress that is written in another way to the parser", async (t) => {
  const around = (params: string) =>
    `{"jsonrpc":"2.0","method":"notifications/progress","params":{${params}}}`;
  for (const line of [
    around('"progress":1'),
    around('"progressToken":"7"'),
    around('"progressToken":07'),
    around('"progressToken":-7'),
    around('"progressToken":7.5'),
    around('"progressToken":1234567890123456'),
    around('"progressToken":7,"progressToken":8'),
    around('"progressToken":"x","progressToken":7'),
    around('"progressToken":7,"progressToken":"x"'),
    around('"progressToken":7,"progressToken" :8'),
    around('"_meta":{"progressToken":7}'),
    around('"progressToken":7,"_meta":{}'),
    around('"progressToken":7,"list":[1]'),
    around(String.raw`"message":"\",\"progressToken\":8","progressToken":7`),
    around('"progressToken":7,"message":"Größe"'),
    `${around('"progressToken":7')}\r`,
    around(`"progressToken":7,"message":"${"x".repeat(1_000)}"`),
    '{"method":"notifications/progress","params":{"progressToken":7}}',
    '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":7},"jsonrpc":"2.0"}',
    '{"jsonrpc":"2.0","method":"notifications/message","params":{"progressToken":7}}',
  ]) {
    t.equal(matchProgress([Buffer.from(line)]), undefined, line);
  }
  const halves = [Buffer.from(around('"progress')), Buffer.from('Token":7}}')] as const;
  t.equal(matchProgress(halves), undefined, "a line in several chunks");
});
