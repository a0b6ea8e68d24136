import t from "tap";
import { tapNotes } from "../../src/runner/tap-notes.ts";

t.test("lists the comments that are notes, in their order", async (t) => {
  const tap =
    "TAP version 14\n# time=3ms\n        # note: a 1.0: passed\n    # other\n# note: b 2.0: failed: why\n";
  t.strictSame(tapNotes(tap), ["a 1.0: passed", "b 2.0: failed: why"]);
});
