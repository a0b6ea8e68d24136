import { LineSplitter } from "../../../src/jsonrpc/line-splitter.ts";
import { ChildOutputReader } from "../../../src/worker/child/child-output-reader.ts";
import { InFlightCall } from "../../../src/worker/calls/in-flight-call.ts";
import { createWorkerEvents } from "../../../src/worker/worker-events.ts";
import { Redactor } from "../../../src/worker/child/redactor.ts";
import * as fc from "fast-check";
import t from "tap";
import { forgejoToken, keptLog } from "../../support/run-pool.ts";

/** A reader with the calls 1, 2 and 3 in flight, and all that it forwards. */
function run() {
  const responses: string[] = [];
  const notifications: string[] = [];
  const replies: string[] = [];
  const inFlight = new Map(
    [1, 2, 3].map((id) => [
      id,
      new InFlightCall(
        id,
        {
          idJson: `"client-${id}"`,
          method: "tools/call",
          params: { _meta: { progressToken: `token-${id}` } },
        },
        {
          notification: (message) => notifications.push(message.toString()),
          response: (parts) => responses.push(Buffer.concat(parts).toString()),
          failed: () => undefined,
        },
        Infinity,
        true,
        () => undefined,
      ),
    ]),
  );
  const reader = new ChildOutputReader({
    redactor: new Redactor(forgejoToken),
    calls: {
      complete: (id) => {
        const call = inFlight.get(id);
        inFlight.delete(id);
        return call;
      },
      find: (id) => inFlight.get(id),
    },
    reply: (line) => replies.push(line),
    onListChanged: () => undefined,
    onChildError: () => undefined,
    events: createWorkerEvents(keptLog().log),
  });
  const lines = new LineSplitter(
    1_000_000,
    (line) => reader.read(line),
    () => undefined,
  );
  return { lines, responses, notifications, replies };
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
