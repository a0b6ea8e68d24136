import { spawnSync } from "node:child_process";
import t from "tap";
import { defaultMemoryMiB, variableLines, withLimits } from "../../../src/worker/sandbox/process-limits.ts";

const printLimits = ["/bin/sh", "-c", "ulimit -c; ulimit -n; ulimit -f; ulimit -d"];

/** Without `input` there are no variables. */
function run([command = "", ...args]: readonly string[], input = "\n") {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", input });
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

t.test("variables are read from stdin before the program runs, which reads what follows", (t) => {
  const command = withLimits(["/bin/sh", "-c", "/usr/bin/env; /bin/cat"], { memoryMiB: 300 }, undefined);
  const values = { EMPTY: "", REPLACED: "2", TOKEN: ` a\\n$HOME 'b' "c" \`d\` #é\t\r `, UNUSUAL: "=A=\\" };
  const { status, lines } = run(
    ["env", "-i", "GIVEN=1", "REPLACED=1", ...command],
    `${variableLines(values).join("\n")}\nrest`,
  );
  const expected = ["GIVEN=1", ...Object.entries(values).map(([name, value]) => `${name}=${value}`), "rest"];
  t.equal(status, 0);
  t.same(
    lines.filter((line) => !/^(PWD|SHLVL|_)=/.test(line)).toSorted(),
    expected.toSorted(),
    "nothing else is in its environment",
  );
  t.end();
});

t.test("without all of the variables the program does not run", (t) => {
  const command = withLimits(["echo", "it runs"], { memoryMiB: 300 }, undefined);
  const lines = variableLines({ TOKEN: "t" }).join("\n");
  for (const input of ["", lines, lines.slice(0, -1)]) t.same(run(command, input).lines, []);
  t.same(run(command, `${lines}\n`).lines, ["it runs"]);
  t.end();
});

t.test("a variable with a line feed or NUL is rejected, and is not in the message", (t) => {
  for (const value of ["secret\nA=1", "secret\0"])
    t.throws(() => variableLines({ TOKEN: value }), { message: "the child's TOKEN has a line feed or NUL" });
  t.end();
});
