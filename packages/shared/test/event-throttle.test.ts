import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { EventThrottle, type Repetition } from "../src/event-throttle.ts";

t.test(
  "writes the first event of a kind at once and the others together, with their references",
  async (t) => {
    const throttle = new EventThrottle();
    const written: (Repetition & { kind: string; latest: number })[] = [];
    const happen = (kind: string, latest: number, reference?: string) =>
      throttle.log(kind, (repetition) => written.push({ ...repetition, kind, latest }), reference);

    happen("a", 0, "R0");
    happen("b", 0);
    t.same(written, [
      { kind: "a", latest: 0, count: 1, references: ["R0"] },
      { kind: "b", latest: 0, count: 1, references: [] },
    ]);
    for (let i = 1; i <= 30; i += 1) happen("a", i, `R${i}`);
    t.equal(written.length, 2);
    while (written.length < 3) await sleep(20);
    const { references, ...line } = written[2]!;
    t.same(line, { kind: "a", latest: 30, count: 30 });
    t.same(
      references,
      Array.from({ length: 20 }, (_, i) => `R${i + 1}`),
      "as many as there is room for",
    );

    happen("a", 31);
    while (written.length < 4) await sleep(20);
    t.match(written[3], { count: 1, latest: 31 });
  },
);

t.test("writes at once what is pending when the process ends", async (t) => {
  const throttle = new EventThrottle();
  const counts: number[] = [];
  const happen = () => throttle.log("a", ({ count }) => counts.push(count));
  throttle.flush();
  t.notOk(throttle.isActive("a"));
  for (let i = 0; i < 5; i += 1) happen();
  t.ok(throttle.isActive("a"));
  throttle.flush();
  t.same(counts, [1, 4]);
  throttle.flush();
  while (throttle.isActive("a")) await sleep(20);
  t.same(counts, [1, 4], "nothing is counted twice");
});
