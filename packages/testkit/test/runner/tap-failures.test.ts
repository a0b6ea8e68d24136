import t from "tap";
import { tapFailures } from "../../src/runner/tap-failures.ts";

t.test("lists each failed assert once, with its file, its tests and its details", async (t) => {
  const tap = `TAP version 14
# Subtest: packages/a.test.ts
    # Subtest: first
        ok 1 - fine
        1..1
    ok 1 - first # time=3ms
    
    # Subtest: second
        ok 1 - fine
        not ok 2 - should be equal
          ---
          diff: |
            -400
            +303
          ...
        
        1..2
    not ok 2 - second # time=104.593ms
      ---
      at:
        lineNumber: 7
      ...
    
    1..2
not ok 1 - packages/a.test.ts # time=1118.587ms
  ---
  exitCode: 1
  ...

# Subtest: packages/b.test.ts
    ok 1 - skipped # SKIP no browser
    1..1
ok 2 - packages/b.test.ts # time=1ms

not ok 3 - packages/c.test.ts # time=30000ms
  ---
  expired: TAP
  signal: SIGTERM
  ...
`;
  t.strictSame(tapFailures(tap), [
    ["✖ packages/a.test.ts › second › should be equal", "      diff: |", "        -400", "        +303"].join(
      "\n",
    ),
    ["✖ packages/c.test.ts", "      expired: TAP", "      signal: SIGTERM"].join("\n"),
  ]);
});
