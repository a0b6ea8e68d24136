import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { runInShell } from "../support/run-in-shell.ts";
import { stubPrograms } from "../support/stub-programs.ts";

const directory = temporaryDirectory(t);
const programs = stubPrograms(directory);
const lines = 20_000;
const log = join(directory, "log");
const line = JSON.stringify({ time: "2026-11-26T03:00:00.000Z", event: "grant.renamed", grantId: "g" });
writeFileSync(log, `${line}\n`.repeat(lines));
programs.write("journalctl", `exec cat ${log}`);
const audit = `fjmcp audit --file ${log} --json`;
const shell = (script: string) => runInShell(script, programs);

t.test("a slow reader of a pipe gets every line", async (t) => {
  const { stdout } = await shell(`${audit} | (sleep 2; wc -l)`);
  t.equal(Number(stdout), lines);
});

t.test("ends silently when the reader of its output has closed it", async (t) => {
  for (const command of [audit, "fjmcp logs -n 20000", "fjmcp --help"]) {
    const { stdout, stderr } = await shell(`${command} | true; echo "\${PIPESTATUS[0]}"`);
    t.equal(stdout, "141\n", command);
    t.equal(stderr, "", command);
  }
  const { stdout, stderr } = await shell(`${audit} | head -1; echo "\${PIPESTATUS[0]}"`);
  t.equal(stdout, `${line}\n141\n`);
  t.equal(stderr, "");
});

t.test("a remark that cannot be written changes no exit code", async (t) => {
  for (const target of ["/dev/full", ">(true)"])
    t.equal((await shell(`fjmcp audit --file /nonexistent 2> ${target}; echo $?`)).stdout, "66\n", target);
});

t.test("a full disk is an error, also when a part of a write still fits", async (t) => {
  const full = await shell(`${audit} > /dev/full; echo $?`);
  t.equal(full.stdout, "74\n");
  t.match(full.stderr, /^fjmcp: ENOSPC.*\n.*\n$/);
  // The system writes as much as the largest file may have, and fails at the next write.
  const partly = await shell(`ulimit -f 4; ${audit} -n 1000 > ${join(directory, "small")}; echo $?`);
  t.equal(partly.stdout, "74\n");
  t.match(partly.stderr, /^fjmcp: EFBIG/);
});
