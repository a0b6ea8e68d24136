import t from "tap";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { ChildProcess } from "../../../src/worker/child/child-process.ts";
import { ProcessGroupRegistry } from "../../../src/worker/process/process-group-registry.ts";

t.test("all lines of a child that has ended are read before its end, on a busy machine too", async (t) => {
  const dir = temporaryDirectory(t);
  const lines: string[] = [];
  const ended = Promise.withResolvers<void>();
  const child = new ChildProcess({
    argv: ["perl", "-e", 'print "$_\n" for 1 .. 9_000; print "the last one\n"'],
    env: { PATH: process.env.PATH ?? "" },
    cwd: dir,
    inputs: [],
    reportsSignalAsExitCode: false,
    processGroups: new ProcessGroupRegistry(dir),
    maxLineBytes: 1_000,
    onLine: (line) => {
      lines.push(line.toString());
      const untilMs = performance.now() + 0.05;
      while (performance.now() < untilMs);
    },
    onLineTooLong: () => undefined,
    onStderr: () => undefined,
    onExit: () => ended.resolve(),
  });
  t.teardown(() => child.end());
  await ended.promise;
  t.equal(lines.length, 9_001);
  t.equal(lines.at(-1), "the last one");
});
