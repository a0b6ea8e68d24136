import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { runCli } from "./support/run-cli.ts";
import { runInShell } from "./support/run-in-shell.ts";
import { stubPrograms } from "./support/stub-programs.ts";

const programs = stubPrograms(temporaryDirectory(t));
const fjmcp = (...args: string[]) => runCli(args, programs);

t.test("rejects what it does not know, and has help with an example everywhere", async (t) => {
  t.match(await fjmcp("users", "--jsn"), { code: 64, stderr: /unknown option '--jsn'/ });
  t.match(await fjmcp("frobnicate"), { code: 64, stderr: /unknown command/ });
  t.match(await fjmcp("tokens", "creat"), {
    code: 64,
    stderr: "error: unknown command 'creat': the commands of tokens are list, create, revoke",
  });
  t.match(await fjmcp("tokens", "list", "all"), { code: 64, stderr: "too many arguments for 'list'" });
  t.match(await fjmcp("keys", "lst", "--json"), {
    code: 64,
    stderr: "the commands of keys are list, rotate",
  });
  t.match(await fjmcp("restart", "everything"), { code: 64, stderr: /Allowed choices are session, auth/ });
  t.match(await fjmcp("users", "--limit", "0"), { code: 64 });
  t.match(await fjmcp("workers", "end"), { code: 64, stderr: /missing required argument/ });
  t.match(await fjmcp("workers", "end", "abc", "--yes"), {
    code: 64,
    stderr: /'abc' is invalid for argument 'pid'. It must be a whole number/,
  });
  for (const command of [
    "setup",
    "doctor",
    "status",
    "version",
    "logs",
    "restart",
    "users list",
    "users end",
    "clients end",
    "sessions end",
    "workers end",
  ]) {
    const help = await fjmcp(...command.split(" "), "--help");
    t.equal(help.code, 0, command);
    t.match(help.stdout, /^Example:\n {2}fjmcp /m, command);
    t.notMatch(help.stdout, /default:\s+(false|\[\])/, command);
  }
});

t.test("names a path that cannot be the admin socket", async (t) => {
  const directory = temporaryDirectory(t);
  const file = join(directory, "file");
  writeFileSync(file, "");
  const tooLong = join(directory, "x".repeat(108 - directory.length - 1));
  const longest = tooLong.slice(0, -1);
  for (const socket of [longest, file, join(file, "admin.sock")])
    t.match(await fjmcp("status", "--socket", socket), {
      code: 69,
      stderr: `fjmcp: The auth-server does not respond on ${socket} (`,
    });
  t.match(await fjmcp("status", "--socket", tooLong), {
    code: 64,
    stdout: "",
    stderr: /^fjmcp: \S+x is too long: the path of a unix socket has 107 bytes at most\.\nName/,
  });
});

t.test("says that journalctl has failed, and blames no right for it", async (t) => {
  programs.write("journalctl", "echo 'Failed to parse timestamp: soon' >&2; exit 1");
  for (const command of ["logs", "audit"])
    t.match(await fjmcp(command, "--since", "soon"), {
      code: 69,
      stdout: "",
      stderr:
        /^Failed to parse timestamp: soon\nfjmcp: journalctl failed\.\nIts own message is above\. Where it/,
    });
});

t.test("a file of certificates must hold one", async (t) => {
  const directory = temporaryDirectory(t);
  const der = join(directory, "ca.der");
  writeFileSync(der, Buffer.from("3082010a", "hex"));
  for (const [file, reason] of [
    [join(directory, "none"), "There is no such file."],
    [der, "It holds no certificate in PEM."],
    [directory, "It cannot be read (EISDIR)."],
  ] as const)
    for (const command of ["doctor", "setup"])
      t.match(await fjmcp(command, "--ca-file", file), { code: 64, stdout: "", stderr: reason }, reason);
});

t.test("restarts a unit, and says so when that is not allowed", async (t) => {
  t.match(await fjmcp("restart", "session"), { code: 0, stdout: "Restarted fjmcp-session.service.\n" });
  t.equal(programs.calls().at(-1), "systemctl restart fjmcp-session.service");
  programs.write("systemctl", "echo 'Failed to restart: Access denied' >&2; exit 4");
  t.match(await fjmcp("restart", "auth"), { code: 77, stderr: /Access denied\nRun the command with sudo/ });
  const why = "Job for fjmcp-auth.service failed because the control process exited with error code.";
  programs.write("systemctl", `printf '${why}\\nSee "systemctl status" for details.\\n' >&2; exit 1`);
  t.match(await fjmcp("restart", "auth"), { code: 69, stderr: `fjmcp-auth.service failed: ${why}\nLook at` });
});

t.test("runs programs of the system from any directory, also one that its user may not open", async (t) => {
  programs.write("systemctl", "");
  programs.write("journalctl", "pwd");
  const gone = `cd '${temporaryDirectory(t)}' && rmdir "$PWD"`;
  const { stdout, stderr } = await runInShell(`${gone}; fjmcp restart auth && fjmcp logs`, programs);
  t.same({ stdout, stderr }, { stdout: "Restarted fjmcp-auth.service.\n/\n", stderr: "" });
});

t.test("shows the journal of the units, filtered by level, event, user and reference", async (t) => {
  const lines = [
    {
      level: "info",
      time: "2026-11-26T03:00:00.000Z",
      name: "auth-server",
      event: "grant.revoked",
      accountId: "7",
      msg: "grant revoked",
    },
    {
      level: "warn",
      time: "2026-11-26T03:00:01.000Z",
      name: "session-daemon",
      event: "worker.exited",
      reference: "r1",
      msg: "worker\u001b exited",
    },
  ];
  const echo = lines.map((line) => `echo '<6>${JSON.stringify(line)}'`).join("\n");
  programs.write("journalctl", `${echo}\necho 'Started fjmcp-auth.service.'`);
  const logs = async (...args: string[]) => (await fjmcp("logs", ...args)).stdout.split("\n").filter(Boolean);
  const all = await logs();
  t.equal(all.length, 3);
  t.equal(all[2], "Started fjmcp-auth.service.", "a line of systemd has no level of ours");
  t.same(await logs("--level", "warn"), [
    '2026-11-26T03:00:01.000Z WARN session-daemon: worker exited event="worker.exited" reference="r1"',
  ]);
  t.equal((await logs("--event", "grant.revoked")).length, 1);
  t.equal((await logs("--user", "7")).length, 1);
  t.equal((await logs("--reference", "r1")).length, 1);
  t.match(JSON.parse((await logs("--user", "7", "--json"))[0]!), { event: "grant.revoked" });
  t.equal((await logs("--level", "info", "-n", "2")).length, 2, "the matches are limited");
  t.notMatch(programs.calls().at(-1), "--lines", "not what is searched");
  programs.write("journalctl", `${echo}\necho '-- cursor: s=1;i=2'`);
  await fjmcp("logs", "--follow", "--event", "worker.exited", "--unit", "auth");
  t.same(programs.calls().slice(-2), [
    "journalctl --output=cat --no-pager --show-cursor --unit=fjmcp-auth.service",
    "journalctl --output=cat --no-pager --lines=all --unit=fjmcp-auth.service --follow --after-cursor=s=1;i=2",
  ]);
  await fjmcp("logs", "--unit", "redis", "--since", "1 hour ago", "-n", "5");
  t.equal(
    programs.calls().at(-1),
    "journalctl --output=cat --no-pager --lines=5 --unit=fjmcp-redis.service --since=1 hour ago",
  );
});
