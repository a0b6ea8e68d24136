import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import t from "tap";
import { chooseSandbox, type SandboxMode } from "../../../src/worker/sandbox/sandbox-choice.ts";

/** A folder with a program of the name bwrap. */
function folderWith(script: string): string {
  const folder = temporaryDirectory(t);
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin", "bwrap"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return join(folder, "bin");
}

const choose = (mode: SandboxMode, path: string) =>
  chooseSandbox({ mode, program: process.execPath, readPaths: [], bwrapPath: path, path });

t.test("none is none, whatever is installed", async (t) => {
  t.same(await choose("none", folderWith("exit 0")), { kind: "none", reason: "FJMCP_SANDBOX is none" });
});

t.test("a bwrap that does not work gives no sandbox, and its own reason", async (t) => {
  const rejected = folderWith(
    'echo first >&2; echo "bwrap: setting up uid map: Permission denied" >&2; exit 1',
  );
  t.match(await choose("auto", rejected), { kind: "none", reason: /setting up uid map: Permission denied$/ });
  t.match(await choose("auto", folderWith("exit 3")), { kind: "none", reason: /exit code 3$/ });
  t.match(await choose("required", folderWith("exec /bin/sleep 100")), {
    kind: "none",
    reason: /does not end within 5 s$/,
  });
});

t.test("without bwrap on PATH there is no sandbox", async (t) => {
  t.match(await choose("auto", "/nonexistent"), { kind: "none", reason: /not installed/ });
});

t.test("a bwrap that runs the trial program is used", async (t) => {
  const folder = folderWith('cat <&3 >/dev/null; while [ "$1" != -- ]; do shift; done; shift; exec "$@"');
  t.match(await choose("auto", folder), { kind: "bubblewrap", bwrap: join(folder, "bwrap") });
});
