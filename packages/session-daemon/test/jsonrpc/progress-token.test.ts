import {
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
