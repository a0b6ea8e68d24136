import { Writable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { LineWriter } from "../../../src/worker/child/line-writer.ts";
import t from "tap";

t.test("a child that does not read fills no memory", async (t) => {
  const unread = new Writable({ write: () => undefined });
  const writer = new LineWriter(unread);
  for (let round = 0; round < 100; round++) {
    writer.write("x".repeat(1024 * 1024));
    await turn();
  }
  t.ok(writer.isClogged);
  t.ok(unread.writableLength < 34 * 1024 * 1024, `${unread.writableLength} bytes`);
});
