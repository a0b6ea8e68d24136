import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startSandboxForgejo } from "../forgejo/sandbox-forgejo.ts";
import { startProcess } from "../process/managed-process.ts";
import { projectRoot } from "../process/project-root.ts";
import { waitUntil } from "../process/wait-until.ts";
import { sandboxAccess } from "../stack/sandbox-access.ts";
import { startStack, type Part } from "../stack/stack.ts";
import { median, type Measurement } from "./measure.ts";
import { anonymousKiB, residentKiB } from "./process-memory.ts";

/** As in the unit of the auth-server. */
const authServerEnv = { NODE_OPTIONS: "--max-semi-space-size=1", MALLOC_MMAP_THRESHOLD_: "16384" };
/** Until the work of the start is done. */
const settleMs = 3000;

const bareServer = `import { createServer } from "node:http";
createServer().listen(0, "127.0.0.1", () => console.log("ready"));
`;

/** What the programs of a package need: the memory of both daemons when idle, and their starts beside that of a bare server. */
export async function measureBundles(rounds: number): Promise<Measurement[]> {
  await using opened = new AsyncDisposableStack();
  const programs = await mkdtemp(join(tmpdir(), "fjmcp-programs-"));
  opened.defer(() => rm(programs, { recursive: true, force: true }));
  const build = join(projectRoot, "deploy/debian/src/main.ts");
  execFileSync(process.execPath, [build, `--programs=${programs}`], { stdio: "pipe" });
  const bareFile = join(programs, "bare-server.mjs");
  await writeFile(bareFile, bareServer);

  const forgejo = await startSandboxForgejo();
  opened.defer(() => forgejo.close());
  const stack = await startStack({
    forgejo: sandboxAccess(forgejo),
    programs,
    authServer: authServerEnv,
  });
  opened.defer(() => stack.close());
  await sleep(settleMs);
  const daemons = [stack.authServer, stack.sessionDaemon];
  const totalMiB = (kiBOf: (pid: number) => number) =>
    daemons.reduce((sum, { pid }) => sum + kiBOf(pid), 0) / 1024;
  const memory = [
    atMost("bundles, idle: anonymous memory, MiB", 80, totalMiB(anonymousKiB)),
    atMost("bundles, idle: resident, MiB", 180, totalMiB(residentKiB)),
  ];

  const starts: { bare: number; authServer: number; sessionDaemon: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    starts.push({
      bare: await bareStartMs(programs, bareFile),
      authServer: await restartMs(stack.authServer),
      sessionDaemon: await restartMs(stack.sessionDaemon),
    });
  }
  const baseline = median(starts.map(({ bare }) => bare));
  const start = (name: "authServer" | "sessionDaemon", title: string): Measurement => {
    const ratio = median(starts.map((round) => round[name] / round.bare));
    const value = median(starts.map((round) => round[name]));
    return { name: title, value, baseline, ratio, goal: "≤ 4", reached: ratio <= 4 };
  };
  return [
    ...memory,
    start("authServer", "bundles: start of the auth-server / bare server, ms"),
    start("sessionDaemon", "bundles: start of the session-daemon / bare server, ms"),
  ];
}

function atMost(name: string, limit: number, value: number): Measurement {
  return { name, value, goal: `≤ ${limit}`, reached: value <= limit };
}

async function bareStartMs(programs: string, file: string): Promise<number> {
  const bare = await startProcess({
    name: "bare-server",
    command: join(programs, "node"),
    arguments: [file],
    env: {},
    logFile: join(programs, "bare-server.log"),
    isReady: (log) => log.includes("ready"),
  });
  await bare.end();
  return bare.startMs;
}

/** The stack starts it again. */
async function restartMs(part: Part): Promise<number> {
  const { pid } = part;
  await part.kill("SIGTERM");
  await waitUntil("the daemon should be started again", () => part.pid !== pid);
  return part.startMs;
}
