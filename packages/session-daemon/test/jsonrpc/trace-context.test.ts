import t from "tap";
import { traceIdOf, withTraceContext } from "../../src/jsonrpc/trace-context.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
const other = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
const tracestate = "congo=t61rcWkgMzE, rojo@vendor=00f067aa0ba902b7,";

t.test("the headers' trace context is added to _meta, whose other members stay", async (t) => {
  t.same(withTraceContext(undefined, { traceparent }), { _meta: { traceparent } });
  t.same(
    withTraceContext({ name: "x", _meta: { progressToken: 1, baggage: "a=b" } }, { traceparent, tracestate }),
    {
      name: "x",
      _meta: { progressToken: 1, baggage: "a=b", traceparent, tracestate },
    },
  );
});

t.test("the client's own trace context in _meta wins over the headers", async (t) => {
  const params = { _meta: { traceparent: other } };
  t.same(withTraceContext(params, { traceparent, tracestate }), params);
  t.equal(traceIdOf(params), "0af7651916cd43dd8448eb211c80319c");
});

t.test("params without any trace context are returned as they are", async (t) => {
  for (const params of [undefined, {}, { _meta: { progressToken: 1 } }, { _meta: 5 }]) {
    t.equal(withTraceContext(params, {}), params);
    t.equal(withTraceContext(params, { tracestate }), params, "a tracestate alone means nothing");
  }
  const odd = { _meta: [1] };
  t.equal(withTraceContext(odd, { traceparent }), odd);
  t.equal(traceIdOf(undefined), undefined);
});

const invalid: unknown[] = [
  "",
  "00",
  `ff-${traceId}-00f067aa0ba902b7-01`,
  `00-${"0".repeat(32)}-00f067aa0ba902b7-01`,
  `00-${traceId}-${"0".repeat(16)}-01`,
  `${traceparent}-more`,
  traceparent.toUpperCase(),
  `${traceparent}\n`,
  `${traceparent}, ${traceparent}`,
  `01-${traceId}-00f067aa0ba902b7-01-${"x".repeat(200)}`,
  7,
  { traceparent },
];

t.test("an invalid traceparent never reaches the child", async (t) => {
  for (const value of invalid) {
    t.same(withTraceContext({ _meta: { traceparent: value, tracestate, a: 1 } }, {}), { _meta: { a: 1 } });
    t.same(withTraceContext({ _meta: { traceparent: value } }, { traceparent }), { _meta: { traceparent } });
    t.equal(withTraceContext(undefined, { traceparent: value as string }), undefined);
  }
  const later = `01-${traceId}-00f067aa0ba902b7-01-what-comes`;
  t.same(withTraceContext({}, { traceparent: later }), { _meta: { traceparent: later } });
});

t.test("an invalid tracestate is dropped, and the traceparent stays", async (t) => {
  for (const value of [
    "",
    "no value",
    "UPPER=1",
    "a=b=c",
    "a=\u00e9",
    "a=1\r\nb=2",
    `a=${"x".repeat(600)}`,
    Array.from({ length: 33 }, (_, i) => `a${i}=1`).join(","),
    5,
  ]) {
    t.same(withTraceContext({}, { traceparent, tracestate: value as string }), { _meta: { traceparent } });
  }
});
