import { spawnSync } from "node:child_process";
import t from "tap";
import { defaultMemoryMiB, withLimits } from "../../../src/worker/sandbox/process-limits.ts";

const printLimits = ["/bin/sh", "-c", "ulimit -c; ulimit -n; ulimit -f; ulimit -d"];

function run([command = "", ...args]: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  return { status, lines: stdout.split("\n").filter(Boolean), stderr };
}

/** Root may raise limits again. */
const unprivileged =
  process.getuid?.() === 0
    ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"]
    : [];

t.test("a process has the limits, with soft and hard ones alike", (t) => {
  const expected = ["0", "1024", "131072", String(300 * 1024)];
  t.same(run(withLimits(printLimits, { memoryMiB: 300 }, undefined)).lines, expected);
  const hard = ["/bin/sh", "-c", "ulimit -Hc; ulimit -Hn; ulimit -Hf; ulimit -Hd"];
  t.same(run(withLimits(hard, { memoryMiB: 300 }, undefined)).lines, expected);
  t.end();
});

t.test("a program may have 512 MiB by default, one in Node 1 GiB", (t) => {
  t.equal(defaultMemoryMiB(["/usr/bin/forgejo-mcp"]), 512);
  for (const files of [
    ["/usr/bin/node", "/srv/server.js"],
    ["/srv/server", "/usr/bin/node"],
  ])
    t.equal(defaultMemoryMiB(files), 1024, files.join(" "));
  t.end();
});

t.test("a lower limit of the daemon's stays", (t) => {
  const lower = ["/bin/sh", "-c", 'ulimit -n 512; ulimit -d 204800; exec "$@"', "sh", ...unprivileged];
  const { status, lines } = run([...lower, ...withLimits(printLimits, { memoryMiB: 300 }, undefined)]);
  t.same([status, lines], [0, ["0", "512", "131072", "204800"]]);
  t.end();
});

t.test("a process whose limit cannot be set does not run", (t) => {
  const { status, lines, stderr } = run(
    withLimits(["echo", "it runs"], { memoryMiB: Number.NaN }, undefined),
  );
  t.same([status, lines], [71, []]);
  t.match(stderr, /^the limit ulimit -d NaN cannot be set\n$/);
  t.end();
});
