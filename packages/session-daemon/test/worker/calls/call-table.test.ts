import t from "tap";
import type { CallSink } from "../../../src/worker/call.ts";
import { CallTable } from "../../../src/worker/calls/call-table.ts";
import type { InFlightCall } from "../../../src/worker/calls/in-flight-call.ts";

const sink: CallSink = {
  notification: () => undefined,
  response: () => undefined,
  failed: () => undefined,
};
const request = { idJson: "1", method: "tools/call", params: undefined };

function table(onTimeout: (calls: readonly InFlightCall[]) => void = () => undefined) {
  const calls = new CallTable({
    notifyCancelled: () => undefined,
    ping: () => undefined,
    onTimeout,
    onSettled: () => undefined,
  });
  const start = (deadlineMs = Infinity) => {
    const call = calls.create(request, sink, deadlineMs, true);
    calls.add(call);
    return call;
  };
  return { calls, start };
}

t.test("a call in flight keeps its id while many others come and go", async (t) => {
  const { calls, start } = table();
  const long = [start(), start(), start()];
  const ids = new Set(long.map(({ id }) => id));
  for (let i = 0; i < 1_000; i += 1) {
    const call = start();
    ids.add(call.id);
    if (calls.complete(call.id) !== call || calls.complete(call.id) !== undefined)
      t.fail("not completed once");
  }
  t.equal(ids.size, 1_003, "no id is used twice");
  t.equal(calls.size, 3);
  t.same(
    long.map(({ id }) => calls.complete(id)?.id),
    long.map(({ id }) => id),
  );
  t.equal(calls.size, 0);
});

t.test("hundreds of calls are in flight at once", async (t) => {
  const { calls, start } = table();
  const started = Array.from({ length: 300 }, () => start());
  t.equal(calls.size, 300);
  t.ok(started.toReversed().every((call) => calls.complete(call.id) === call));
  t.equal(calls.size, 0);
  t.equal(calls.ofClients, 0);
});

t.test("calls time out in the order of their start, the others stay", async (t) => {
  const expired = await new Promise<readonly InFlightCall[]>((resolve) => {
    const { calls, start } = table(resolve);
    t.teardown(() => calls.takeAll());
    const deadlineMs = performance.now() + 20;
    start(deadlineMs);
    start(deadlineMs);
    start(deadlineMs + 60_000);
  });
  t.same(
    expired.map(({ id }) => id),
    [1, 2],
  );
});
