import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import t from "tap";
import { createEventThrottle, type Repetition } from "../src/event-throttle.ts";

t.test(
  "writes the first event of a kind at once and the others together, with their references",
  async (t) => {
    const throttle = createEventThrottle();
    const written: (Repetition & { kind: string; latest: number })[] = [];
    const happen = (kind: string, latest: number, reference?: string) =>
      throttle(kind, (repetition) => written.push({ ...repetition, kind, latest }), reference);

    happen("a", 0, "R0");
    happen("b", 0);
    t.same(written, [
      { kind: "a", latest: 0, count: 1, references: ["R0"] },
      { kind: "b", latest: 0, count: 1, references: [] },
    ]);
    for (let i = 1; i <= 30; i += 1) happen("a", i, `R${i}`);
    t.equal(written.length, 2);
    await waitUntil("the others should be written", async () => written.length === 3);
    const { references, ...line } = written[2]!;
    t.same(line, { kind: "a", latest: 30, count: 30 });
    t.same(
      references,
      Array.from({ length: 20 }, (_, i) => `R${i + 1}`),
      "as many as there is room for",
    );

    happen("a", 31);
    await waitUntil("it should be written", async () => written.length === 4);
    t.match(written[3], { count: 1, latest: 31 });
  },
);
