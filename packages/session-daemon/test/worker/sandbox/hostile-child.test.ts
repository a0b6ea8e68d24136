import { spawnSync } from "node:child_process";
import { chownSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { projectRoot } from "@fjmcp/testkit/process/project-root";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import t from "tap";
import { bubblewrapMissing } from "../../support/bubblewrap.ts";

const host = fileURLToPath(new URL("../../fixtures/hostile-host.ts", import.meta.url));
const unprivileged = 65_534;
const tokenOfVictim = "forgejo-token-for-access-token-of-victim";

interface Report {
  readonly sandbox: { readonly kind: string };
  readonly victims: readonly number[];
  readonly attempts: {
    readonly processes: readonly { readonly pid: number; readonly environment: string }[];
    readonly status: readonly [status: string, limits: string, oomScore: string];
    readonly [name: string]: readonly unknown[];
  };
}

/** What a hostile child of a daemon of this user got; `uid` undefined: of the user that runs the test. */
function attack(t: Parameters<typeof temporaryDirectory>[0], mode: string, uid?: number): Report {
  const runtimeDir = temporaryDirectory(t);
  if (uid !== undefined) chownSync(runtimeDir, uid, uid);
  const as =
    uid === undefined ? [] : ["setpriv", "--reuid", `${uid}`, "--regid", `${uid}`, "--clear-groups", "--"];
  const [command, ...args] = [...as, process.execPath, host, runtimeDir, mode];
  const env = { PATH: process.env.PATH, HOME: runtimeDir, SECRET_OF_DAEMON: "secret-of-daemon" };
  // Without a sandbox the report has the environments of all processes of the machine.
  const limits = { timeout: 60_000, maxBuffer: 64 * 1024 * 1024 };
  const { stdout, stderr, status } = spawnSync(command, args, { env, encoding: "utf8", ...limits });
  if (status !== 0) throw new Error(`the host exited with ${status}: ${stderr}`);
  return JSON.parse(stdout) as Report;
}

function allAre(expected: string | RegExp, outcomes: readonly unknown[] | undefined): boolean {
  return (outcomes ?? []).every((outcome) =>
    typeof expected === "string" ? outcome === expected : expected.test(String(outcome)),
  );
}

/** Why another user cannot run the project; undefined when it can. */
function unreadable(): string | undefined {
  if (process.getuid?.() !== 0) return "only root can start a daemon as another user";
  for (let folder = projectRoot; folder !== "/"; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o005) !== 0o005) return `${folder} is not readable to other users`;
  }
  return undefined;
}

for (const [title, uid, skip] of [
  ["of the user that runs the tests", undefined, bubblewrapMissing],
  ["of an unprivileged user", unprivileged, bubblewrapMissing ?? unreadable()],
] as const) {
  t.test(
    `a hostile child in bubblewrap reaches nothing of others, ${title}`,
    { skip: skip ?? false },
    async (t) => {
      const { sandbox, attempts, victims } = attack(t, "required", uid);
      t.equal(sandbox.kind, "bubblewrap");
      t.equal(victims.length, 3, "the victim has bwrap, its init and the program");

      t.ok(
        attempts.processes.every(({ pid }) => pid <= 10),
        "sees only processes of its own sandbox",
      );
      const environments = attempts.processes.map(({ environment }) => environment).join();
      t.notMatch(environments, /secret-of-daemon|token-of-victim/, "sees its own environment only");
      t.ok(allAre("ENOENT", attempts.processFiles), "finds no neighbour and no daemon in /proc");
      t.ok(allAre("ENOENT", attempts.daemonsFiles), "finds none of the daemon's files");
      t.ok(allAre("ENOENT", attempts.neighboursFile), "finds no file of its neighbour");
      t.ok(allAre(/^E/, attempts.sockets), `reaches no socket: ${attempts.sockets?.join()}`);
      t.ok(allAre("ESRCH", attempts.signals), `can signal no process: ${attempts.signals?.join()}`);
      t.same(
        attempts.ownFiles,
        ["done", "done", "EROFS", "EROFS", "EROFS", "EROFS"],
        "writes to its home alone",
      );
      const [ptrace, unshare, mount, datagrams, streams] = attempts.commands as string[];
      t.match(ptrace, "errno 1", "cannot debug");
      t.match(unshare, "Operation not permitted", "gets no namespace");
      t.notMatch(mount, /^exit 0/, "cannot mount");
      t.match(datagrams, /^exit 1/, "gets no socket that could send to abstract addresses");
      t.equal(streams, "exit 0: streams");

      const [status, limits, oomScore] = attempts.status;
      t.match(status, /^CapEff:\s+0+$/m);
      t.match(status, /^CapBnd:\s+0+$/m);
      t.match(status, /^NoNewPrivs:\s+1$/m);
      t.match(status, /^Seccomp:\s+2$/m);
      t.match(limits, /^Max data size\s+1073741824 /m);
      t.match(limits, /^Max file size\s+67108864 /m);
      t.match(limits, /^Max open files\s+1024 /m);
      t.match(limits, /^Max core file size\s+0 /m);
      t.match(limits, /^Max address space\s+unlimited /m);
      t.match(oomScore, /^500$/m);
    },
  );
}

t.test("without a sandbox the same child reads its neighbour's token", async (t) => {
  const { sandbox, attempts } = attack(t, "none");
  t.equal(sandbox.kind, "none");
  t.match(attempts.processes.map(({ environment }) => environment).join(), tokenOfVictim);
  t.match(attempts.daemonsFiles?.[0], "the daemon's secret");
  t.ok(allAre("connected", attempts.sockets));
  t.ok(allAre("ENOENT", attempts.neighboursFile), "its home is its own all the same");
  t.match(attempts.status[1], /^Max data size\s+1073741824 /m);
});
