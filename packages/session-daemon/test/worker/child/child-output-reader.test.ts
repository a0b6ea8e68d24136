import { LineSplitter } from "../../../src/jsonrpc/line-splitter.ts";
import { ChildOutputReader } from "../../../src/worker/child/child-output-reader.ts";
import { InFlightCall } from "../../../src/worker/calls/in-flight-call.ts";
import { Redactor } from "../../../src/worker/child/redactor.ts";
import * as fc from "fast-check";
import t from "tap";
import { forgejoToken } from "../../support/run-pool.ts";

/** A reader with the calls 1, 2 and 3 in flight, and all that it forwards. */
function run(firstId = '"client-1"') {
  const responses: string[] = [];
  const notifications: string[] = [];
  const replies: string[] = [];
  const dropped: string[] = [];
  const inFlight = new Map(
    [1, 2, 3].map((id) => [
      id,
      new InFlightCall(
        id,
        {
          idJson: id === 1 ? firstId : `"client-${id}"`,
          method: "tools/call",
          params: { _meta: { progressToken: `token-${id}` } },
        },
        {
          notification: (message) => notifications.push(message.toString()),
          response: (chunks) => responses.push(Buffer.concat(chunks).toString()),
          failed: () => undefined,
        },
        Infinity,
        true,
        () => undefined,
      ),
    ]),
  );
  const redactor = new Redactor();
  redactor.learn(forgejoToken);
  const reader = new ChildOutputReader({
    redactor,
    calls: {
      complete: (id) => {
        const call = inFlight.get(id);
        inFlight.delete(id);
        return call;
      },
      find: (id) => inFlight.get(id),
      hasIssued: (id) => id >= 1 && id <= 3,
      sole: undefined,
    },
    onTooCostly: () => undefined,
    onRequestLost: () => dropped.push("lost"),
    onDropped: () => dropped.push("dropped"),
    reply: (line) => replies.push(line),
    onNotification: () => undefined,
    onRequest: ({ idJson }) => replies.push(`request ${idJson}`),
    onStreamEnded: (id, error) => replies.push(`${id} ended: ${error}`),
    onChildError: () => undefined,
  });
  const lines = new LineSplitter(
    16_000_000,
    (line) => reader.read(line),
    () => undefined,
  );
  return { lines, responses, notifications, replies, dropped };
}

t.test("a stream of responses cut anywhere gives each call its own, once", async (t) => {
  const stream = Buffer.from(
    [
      '{"jsonrpc":"2.0","id":2,"result":{"text":"zwei 😀"}}',
      '{"method":"ping","jsonrpc":"2.0","id":1}',
      '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}',
      '{"result":{"inner":{"jsonrpc":"2.0","id":3}},"jsonrpc":"2.0","id":1}',
      '{"jsonrpc":"2.0","id":1,"result":"late"}',
      '{"jsonrpc":"2.0","id":3,"error":{"code":-32603,"message":"😀"}}\r',
      "",
    ].join("\n"),
  );
  for (let cut = 0; cut <= stream.length; cut++) {
    const { lines, responses, notifications, replies } = run();
    lines.push(stream.subarray(0, cut));
    lines.push(stream.subarray(cut));
    t.same(
      responses,
      [
        '{"jsonrpc":"2.0","id":"client-2","result":{"text":"zwei 😀"}}',
        '{"result":{"inner":{"jsonrpc":"2.0","id":3}},"jsonrpc":"2.0","id":"client-1"}',
        '{"jsonrpc":"2.0","id":"client-3","error":{"code":-32603,"message":"😀"}}',
      ],
      `cut at ${cut}`,
    );
    t.same(notifications, [
      '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"token-1","progress":1}}',
    ]);
    t.same(replies, ['{"jsonrpc":"2.0","id":1,"result":{}}']);
  }
});

/** Progress tokens of no call: those of the worker are whole numbers. */
const foreignTokens = ['{"toString":1,"valueOf":1}', "1.0", '"1"', "true", "[1]", "null", "9"];

function progress(token: string): string {
  return `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${token},"progress":1}}`;
}

t.test("progress with a token of no call is dropped", async (t) => {
  for (const token of foreignTokens) {
    const { lines, notifications } = run();
    lines.push(Buffer.from(`${progress(token)}\n`));
    t.same(notifications, [], token);
  }
});

t.test(
  "lines that are no messages and responses to no call are counted, late responses are not",
  async (t) => {
    for (const line of ["Starting …", "{", '{"jsonrpc":"2.0","id":4,"result":{}}', '{"id":0,"result":{}}']) {
      const { lines, dropped } = run();
      lines.push(Buffer.from(`${line}\n`));
      t.equal(dropped.length, 1, line);
    }
    const { lines, dropped } = run();
    lines.push(Buffer.from('{"jsonrpc":"2.0","id":3,"result":{}}\n'.repeat(2)));
    lines.push(Buffer.from('{"id":2,"result":{}}\n'.repeat(2)));
    t.equal(dropped.length, 0);
  },
);

/** Errors of several megabytes, each with the code −32042. */
const largeErrors: Record<string, string> = {
  "code first": `{"code":-32042,"message":"beginning ${"é".repeat(2_000_000)}"}`,
  "message first": `{"message":"beginning ${"x\\n".repeat(2_000_000)}","code":-32042}`,
  "code between": `{"message":"beginning","code":-32042,"data":"${"eyJaaaaaaaa.".repeat(400_000)}"}`,
  "data first": `{"data":{"code":1,"list":[${"{},".repeat(1_000_000)}{}]},"message":"beginning","code":-32042}`,
  "one word": `{"code":-32042,"message":"beginning token ${"a".repeat(12_000_000)}"}`,
  "escaped quotes": `{"code":-32042,"message":"beginning ${'\\"'.repeat(1_000_000)}"}`,
  "escaped characters": `{"code":-32042,"message":"beginning ${"\\u00e9".repeat(400_000)}"}`,
  "control characters": `{"code":-32042,"message":"beginning","data":"${"\\u0001".repeat(400_000)}"}`,
};

t.test("an error of megabytes is cut to 16 KiB; id and code are kept", async (t) => {
  const forms = (error: string) => [
    `{"jsonrpc":"2.0","id":1,"error":${error}}\n`,
    `{"error":${error},"jsonrpc":"2.0","id":1}\n`,
    `{ "jsonrpc":"2.0","id":"1","error":${error}}\n`,
  ];
  for (const [name, error] of Object.entries(largeErrors)) {
    for (const line of forms(error)) {
      const { lines, responses } = run();
      lines.push(Buffer.from(line));
      t.equal(responses.length, 1, name);
      t.ok(Buffer.byteLength(responses[0]!) <= 16 * 1024 + 100, `${name}: ${responses[0]!.length}`);
      const message = JSON.parse(responses[0]!) as Record<string, unknown>;
      t.match(
        message,
        { jsonrpc: "2.0", id: "client-1", error: { code: -32042, message: /^beginning.*has been cut/s } },
        name,
      );
    }
  }
});

t.test("an error that is no object, or broken, is cut to valid JSON", async (t) => {
  for (const error of [
    `"${"x".repeat(100_000)}"`,
    `{"message":"${"x".repeat(100_000)}`,
    `[${"1,".repeat(100_000)}1]`,
  ]) {
    const { lines, responses } = run();
    lines.push(Buffer.from(`{"jsonrpc":"2.0","id":1,"error":${error}}\n`));
    t.match(JSON.parse(responses[0]!), { id: "client-1", error: { code: -32603, message: /cut/ } });
  }
});

t.test("a member that is null counts as absent", async (t) => {
  const members = ['"error":null', '"result":{"a":1}'];
  const error = '{"code":1,"message":"token 0123456789abcdef01"}';
  for (const [first, second] of [members, members.toReversed()]) {
    for (const line of [
      `{"jsonrpc":"2.0","id":1,${first},${second}}`,
      `{${first},${second},"jsonrpc":"2.0","id":1}`,
    ]) {
      const { lines, responses } = run();
      lines.push(Buffer.from(`${line}\n`));
      t.same(responses, ['{"jsonrpc":"2.0","id":"client-1","result":{"a":1}}'], line);
    }
  }
  for (const line of [
    `{"jsonrpc":"2.0","id":1,"result":null,"error":${error}}`,
    `{"jsonrpc":"2.0","id":1,"error":${error},"result":null}`,
  ]) {
    const { lines, responses } = run();
    lines.push(Buffer.from(`${line}\n`));
    const redacted = '{"code":1,"message":"token [redacted]"}';
    t.same(responses, [`{"jsonrpc":"2.0","id":"client-1","error":${redacted}}`], line);
  }
});

t.test("each response of a batch goes to its call", async (t) => {
  const { lines, responses, replies, notifications } = run();
  const progress =
    '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":3,"progress":1}}';
  const response = (id: number) => `{"jsonrpc":"2.0","id":${id},"result":{}}`;
  const ping = '{"jsonrpc":"2.0","id":9,"method":"ping"}';
  lines.push(Buffer.from(`[${progress},${response(2)},${ping},${response(1)}]\n`));
  t.same(responses, [
    '{"jsonrpc":"2.0","id":"client-2","result":{}}',
    '{"jsonrpc":"2.0","id":"client-1","result":{}}',
  ]);
  t.same(replies, ['{"jsonrpc":"2.0","id":9,"result":{}}']);
  t.match(notifications, [/token-3/]);
});

t.test("each response of a line with several messages goes to its call", async (t) => {
  for (const response of [
    (id: string) => `{"jsonrpc":"2.0","id":${id},"result":{"text":"}{"}}`,
    (id: string) => `{"result":{"text":"}{"},"jsonrpc":"2.0","id":${id}}`,
  ]) {
    const { lines, responses, dropped } = run();
    lines.push(Buffer.from(`${response("1")}${response("3")}${response("2")}\n`));
    const messages = responses.map((text) => JSON.parse(text) as unknown);
    t.same(
      messages,
      [1, 3, 2].map((id) => ({ jsonrpc: "2.0", id: `client-${id}`, result: { text: "}{" } })),
    );
    t.same(dropped, []);
  }
});

t.test("the client's id is kept even if it looks like a token", async (t) => {
  const { lines, responses } = run('"token 0123456789abcdef0123456789"');
  lines.push(
    Buffer.from('{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"token 0123456789abcdef01"}}\n'),
  );
  t.equal(
    responses[0],
    '{"jsonrpc":"2.0","id":"token 0123456789abcdef0123456789","error":{"code":1,"message":"token [redacted]"}}',
  );
});

t.test("the beginning of a tool's error is searched for tokens, another result is not", async (t) => {
  const content = (text: string) => `"content":[{"type":"text","text":"${text}"}]`;
  const secret = "GET /api?access_token=secret failed";
  const results: [result: string, isRedacted: boolean][] = [
    [`{${content(secret)},"isError":true}`, true],
    [`{"isError" : true,${content(secret)}}`, true],
    [`{${content(`${secret} ${"é".repeat(1_000_000)}`)},"isError":true}`, true],
    [`{${content(secret)},"isError":false}`, false],
    [`{${content(`${secret} \\"isError\\":true`)}}`, false],
  ];
  for (const [result, isRedacted] of results) {
    for (const line of [
      `{"jsonrpc":"2.0","id":1,"result":${result}}\n`,
      `{"result":${result},"jsonrpc":"2.0","id":1}\n`,
      `{ "jsonrpc":"2.0","id":1,"result":${result}}\n`,
    ]) {
      if (!isRedacted && line.startsWith("{ ")) continue;
      const { lines, responses } = run();
      lines.push(Buffer.from(line));
      const message = JSON.parse(responses[0]!) as { id: string; result: unknown };
      const wanted = isRedacted ? result.replace("=secret", "=[redacted]") : result;
      t.same([message.id, message.result], ["client-1", JSON.parse(wanted)], result.slice(0, 80));
    }
  }
});

t.test("any output of a child is survived, and no line end gets through", async (t) => {
  const fragment = fc.oneof(
    fc.constantFrom(
      '{"jsonrpc":"2.0","id":1,"result":',
      ',"jsonrpc":"2.0","id":2}',
      '{"result":',
      '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":3}}',
      ...foreignTokens.map(progress),
      "\n",
      "\r\n",
      "}",
      forgejoToken,
    ),
    fc.json(),
    fc.string({ unit: "binary" }),
  );
  const chunk = fc.oneof(
    fragment.map((text) => Buffer.from(text)),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  );
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
      const { lines, responses, notifications, replies } = run();
      for (const one of chunks) lines.push(one);
      const all = [...responses, ...notifications, ...replies];
      return (
        responses.length <= 3 && all.every((text) => !/[\r\n]/.test(text) && !text.includes(forgejoToken))
      );
    }),
    { numRuns: 2_000 },
  );
  t.pass();
});
